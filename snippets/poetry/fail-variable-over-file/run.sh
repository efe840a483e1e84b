poetry lock
export POETRY_HTTP_BASIC_INTERNAL_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
poetry lock --regenerate
