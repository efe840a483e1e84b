FEED_URL="https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
export VSS_NUGET_EXTERNAL_FEED_ENDPOINTS="{\"endpointCredentials\":[{\"endpoint\":\"$FEED_URL\",\"username\":\"az\",\"password\":\"$AZURE_ARTIFACTS_TOKEN\"}]}"
keyring get "$FEED_URL" az | wc -c
VSS_NUGET_EXTERNAL_FEED_ENDPOINTS="${VSS_NUGET_EXTERNAL_FEED_ENDPOINTS/simple/upload}"
keyring get "$FEED_URL" az 2>&1 | grep "^RuntimeError"
