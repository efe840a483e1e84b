export PATH="$HOME/.local/bin:$PATH"
uv tool install keyring --with artifacts-keyring
keyring --list-backends
