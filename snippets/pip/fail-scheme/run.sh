pip install --index-url pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/ contoso-utils
