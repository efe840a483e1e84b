export PDM_PUBLISH_REPO="internal"
pdm publish --no-build
