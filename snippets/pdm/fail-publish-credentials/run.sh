export PDM_PUBLISH_REPO="https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/upload/"
pdm publish --no-build
