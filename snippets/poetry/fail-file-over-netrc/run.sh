poetry lock
poetry config http-basic.internal az "$AZURE_ARTIFACTS_TOKEN"
poetry lock --regenerate
