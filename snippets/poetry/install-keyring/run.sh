export PATH="$HOME/.local/bin:$PATH"
uv tool install poetry --with artifacts-keyring
poetry install
