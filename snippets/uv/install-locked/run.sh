export UV_INDEX_INTERNAL_USERNAME="az"
export UV_INDEX_INTERNAL_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
rm -r .venv && uv sync --no-cache
