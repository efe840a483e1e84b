POETRY_HTTP_BASIC_INTERNAL_USERNAME=az poetry install --only main --no-root
