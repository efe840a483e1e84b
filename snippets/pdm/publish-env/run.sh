export PDM_PUBLISH_REPO="https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/upload/"
export PDM_PUBLISH_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
pdm publish --no-build
