export HATCH_INDEX_REPO="https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/upload/"
export HATCH_INDEX_USER="az"
export HATCH_INDEX_AUTH="$AZURE_ARTIFACTS_TOKEN"
hatch publish
