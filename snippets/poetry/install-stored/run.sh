keyring set pkgs.dev.azure.com az
poetry install
