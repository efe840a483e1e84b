export PIP_INDEX_URL="https://az:$AZURE_ARTIFACTS_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
pip lock --no-input contoso-utils
