export UV_INDEX_INTERNAL_USERNAME="az"
export UV_INDEX_INTERNAL_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
uv lock
uv add --frozen contoso-tools
uv sync --locked
