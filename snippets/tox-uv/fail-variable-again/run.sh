export UV_DEFAULT_INDEX="internal=https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
export UV_INDEX_INTERNAL_USERNAME="az"
export UV_INDEX_INTERNAL_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
tox
