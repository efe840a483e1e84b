uv sync
