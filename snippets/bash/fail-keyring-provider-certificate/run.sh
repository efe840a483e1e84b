keyring get https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/ VssSessionToken > keyring.log 2>&1 || grep "Exception: " keyring.log
