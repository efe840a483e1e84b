export FLIT_INDEX_URL="https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/upload/"
flit publish
