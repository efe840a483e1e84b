export ARTIFACTS_KEYRING_NONINTERACTIVE_MODE="true"
export ARTIFACTS_CREDENTIALPROVIDER_EXTERNAL_FEED_ENDPOINTS="{\"endpointCredentials\":[{\"endpoint\":\"https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/\",\"username\":\"VssSessionToken\",\"password\":\"$AZURE_ARTIFACTS_TOKEN\"}]}"
keyring get https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/ VssSessionToken > keyring.log 2>&1 || grep "Credential" keyring.log
