export PIP_INDEX_URL="https://az:$AZURE_ARTIFACTS_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
pip install contoso-utils==1.0.0 > pip.log
pip install -r requirements.txt > pip.log 2>&1 || grep "no such option" pip.log
