export POETRY_HTTP_BASIC_INTERNAL_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
poetry add --lock contoso-utils
