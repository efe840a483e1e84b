pip install keyring artifacts-keyring
keyring --list-backends
