export TWINE_REPOSITORY_URL="https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/upload/"
export TWINE_USERNAME="az"
export TWINE_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
twine upload contoso_tools-1.0.0-py3-none-any.whl
