pip install -v contoso-utils > pip.log || grep "Keyring provider" pip.log
