export POETRY_HTTP_BASIC_INTERNAL_USERNAME="az"
export POETRY_HTTP_BASIC_INTERNAL_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
poetry lock
poetry config repositories.old https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/
poetry lock --regenerate
