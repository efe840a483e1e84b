export PIP_INDEX_URL="https://az:$PIPELINE_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
pip install contoso-utils==1.0.0
pip install -r requirements.txt
