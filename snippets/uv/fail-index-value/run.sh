export UV_INDEX="internal"
uv venv
uv pip install contoso-tools
