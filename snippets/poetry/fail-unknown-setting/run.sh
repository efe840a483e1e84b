poetry config keyring.enable false
