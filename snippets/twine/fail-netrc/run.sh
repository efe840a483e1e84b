export TWINE_REPOSITORY_URL="https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/upload/"
uv publish --publish-url "$TWINE_REPOSITORY_URL"
twine upload --non-interactive dist/*
