uv tool install keyring --with artifacts-keyring
