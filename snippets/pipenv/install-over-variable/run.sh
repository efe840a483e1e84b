export PIP_INDEX_URL="https://az:$OLD_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
pipenv install
