pip install --no-input --index-url https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/ idna
