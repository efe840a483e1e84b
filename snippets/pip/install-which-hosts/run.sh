pip install --dry-run -vvv contoso-tools | grep "HTTPS connection"
