export HATCH_INDEX_REPO="https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/upload/"
hatch publish --no-prompt
