export VSS_NUGET_EXTERNAL_FEED_ENDPOINTS="{\"endpointCredentials\":[{\"endpoint\":\"https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/\",\"username\":\"VssSessionToken\",\"password\":\"$AZURE_ARTIFACTS_TOKEN\"}]}"
export UV_KEYRING_PROVIDER="subprocess"
export UV_INDEX_INTERNAL_USERNAME="VssSessionToken"
uv lock
