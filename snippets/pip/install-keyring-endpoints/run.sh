export VSS_NUGET_EXTERNAL_FEED_ENDPOINTS="{\"endpointCredentials\":[{\"endpoint\":\"https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/\",\"username\":\"VssSessionToken\",\"password\":\"$AZURE_ARTIFACTS_TOKEN\"}]}"
pip install contoso-utils
