pip install --dry-run contoso-tools
