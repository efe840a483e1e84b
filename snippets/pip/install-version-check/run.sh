pip install -vv --no-input --index-url https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/ contoso-tools > pip.log
grep "simple/pip/:" pip.log
