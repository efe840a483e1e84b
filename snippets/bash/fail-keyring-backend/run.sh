export FEED_URL="https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
export VSS_NUGET_EXTERNAL_FEED_ENDPOINTS="{\"endpointCredentials\":[{\"endpoint\":\"$FEED_URL\",\"username\":\"az\",\"password\":\"$AZURE_ARTIFACTS_TOKEN\"}]}"
keyring get "$FEED_URL" az > keyring.log
export PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring"
keyring get "$FEED_URL" az > keyring.log 2>&1 || grep "recommended backend" keyring.log
