export UV_INDEX_INTERNAL_USERNAME="az"
export UV_INDEX_INTERNAL_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
uv add --index internal=https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/ contoso-tools
