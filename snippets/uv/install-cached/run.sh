rm -r .venv
uv sync
