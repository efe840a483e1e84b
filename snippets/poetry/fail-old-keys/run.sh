poetry config http-basic.internal az "$AZURE_ARTIFACTS_TOKEN"
poetry lock --directory secondary || poetry lock --directory default
