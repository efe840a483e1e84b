pip install --dry-run -vv contoso-tools | grep "HTTPS connection"
