pip download --no-deps --dest dist --index-url "https://az:$AZURE_ARTIFACTS_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/" contoso-utils==1.1.0
az synapse workspace-package upload --workspace-name my-workspace --package dist/contoso_utils-1.1.0-py3-none-any.whl
az synapse spark pool update --resource-group my-group --workspace-name my-workspace --name my-pool \
  --package-action Add --package contoso_utils-1.1.0-py3-none-any.whl
