export PDM_PUBLISH_REPO="internal"
export PDM_PUBLISH_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
pdm publish --no-build
