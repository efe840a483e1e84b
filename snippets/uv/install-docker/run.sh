uv sync --no-install-project
