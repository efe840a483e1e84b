pip install --dry-run -vv contoso-tools | grep "Found credentials"
