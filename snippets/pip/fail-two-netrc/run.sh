pip install --no-input contoso-tools
