export UV_INDEX_INTERNAL_USERNAME="az"
export UV_INDEX_INTERNAL_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
uv export --output-file requirements.txt
uv venv
uv pip install -r requirements.txt
