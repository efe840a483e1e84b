keyring set pkgs.dev.azure.com az
pip install contoso-utils
