pip install -vv --no-input --index-url https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/ contoso-tools > pip.log || grep "Could not fetch" pip.log
