export POETRY_REPOSITORIES_INTERNAL_URL="https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/upload/"
export POETRY_HTTP_BASIC_INTERNAL_USERNAME="az"
export POETRY_HTTP_BASIC_INTERNAL_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
poetry publish --repository internal
