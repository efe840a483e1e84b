export PIP_INDEX_URL="https://az:$AZURE_ARTIFACTS_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
pip install --target .python_packages/lib/site-packages -r requirements.txt
pip list --path .python_packages/lib/site-packages
