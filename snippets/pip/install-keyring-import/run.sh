pip install --index-url "https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/" contoso-utils
