export FLIT_INDEX_URL="https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/upload/"
export FLIT_USERNAME="az"
flit publish
