export UV_PUBLISH_TOKEN="$AZURE_ARTIFACTS_TOKEN"
uv publish --publish-url https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/upload/
