uv cache prune --ci
rm -r .venv
uv sync
