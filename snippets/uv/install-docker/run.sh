UV_INDEX_INTERNAL_USERNAME=az uv sync --no-install-project
