uv venv
uv pip install -r requirements.txt
