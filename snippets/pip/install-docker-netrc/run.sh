pip install --no-cache-dir --index-url https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/ -r requirements.txt
