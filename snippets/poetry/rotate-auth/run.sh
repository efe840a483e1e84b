poetry config http-basic.internal az "$AZURE_ARTIFACTS_TOKEN"
poetry install --no-root
poetry config --unset http-basic.internal
