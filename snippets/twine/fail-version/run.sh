export TWINE_REPOSITORY_URL="https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/upload/"
export TWINE_USERNAME="az"
export TWINE_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
twine upload dist/*1.4.0*
twine upload dist/*latest*
