export PATH="$HOME/.local/bin:$PATH"
pipx install keyring
pipx inject keyring artifacts-keyring
keyring --list-backends
