export FLIT_INDEX_URL="https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
export FLIT_USERNAME="az"
export FLIT_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
flit publish
