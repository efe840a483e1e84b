export PATH="$HOME/.local/bin:$PATH"
pipx install contoso-cli
contoso-cli
