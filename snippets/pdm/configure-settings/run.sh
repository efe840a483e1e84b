pdm config pypi.internal.username az
pdm config pypi.internal.password "$AZURE_ARTIFACTS_TOKEN"
pdm lock
