export PIP_INDEX_URL="https://az:$AZURE_ARTIFACTS_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
pip-compile > pip-compile.log 2>&1
