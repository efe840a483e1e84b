keyring set https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/ az
