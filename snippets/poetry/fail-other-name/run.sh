poetry config http-basic.intern az "$AZURE_ARTIFACTS_TOKEN"
poetry lock
