keyring set https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/upload/ az
twine upload --repository internal dist/*
