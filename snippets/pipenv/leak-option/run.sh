pipenv install contoso-utils --index "https://az:$AZURE_ARTIFACTS_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple"
