az webapp config appsettings set --resource-group my-group --name my-app --output none \
  --settings SCM_DO_BUILD_DURING_DEPLOYMENT=true "PIP_INDEX_URL=https://az:$AZURE_ARTIFACTS_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
