export ARTIFACTS_CREDENTIALPROVIDER_FEED_ENDPOINTS="{\"endpointCredentials\":[{\"endpoint\":\"https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/\",\"clientId\":\"$AZURE_CLIENT_ID\",\"clientCertificateFilePath\":\"$AZURE_CLIENT_CERTIFICATE_PATH\"}]}"
pip install contoso-utils
