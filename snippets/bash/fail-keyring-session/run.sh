export ARTIFACTS_KEYRING_NONINTERACTIVE_MODE="true"
keyring get https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/ VssSessionToken > keyring.log 2>&1 || grep "Credential" keyring.log
