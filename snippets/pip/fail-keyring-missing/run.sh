pip install -v --no-input contoso-utils > pip.log || grep "Keyring provider" pip.log
