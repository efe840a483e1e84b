export POETRY_HTTP_BASIC_INTERNAL_USERNAME="az"
export POETRY_HTTP_BASIC_INTERNAL_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
poetry export --with-credentials --output requirements.txt
