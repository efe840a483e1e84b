export ARTIFACTS_CREDENTIALPROVIDER_FEED_ENDPOINTS="{\"endpointCredentials\":[{\"endpoint\":\"https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/\",\"clientId\":\"system\"}]}"
pip install contoso-utils
