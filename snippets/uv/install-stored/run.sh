keyring set pkgs.dev.azure.com az
uv sync
