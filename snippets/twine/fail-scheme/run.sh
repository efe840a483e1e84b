twine upload --repository-url pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/upload/ dist/*
