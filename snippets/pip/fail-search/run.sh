pip search --index "https://az:$AZURE_ARTIFACTS_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/" utils > pip.log 2>&1 || grep "Client Error" pip.log
