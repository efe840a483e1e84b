export PDM_PYPI_USERNAME="az"
export PDM_PYPI_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
pdm lock -v 2>&1 | grep "collector"
