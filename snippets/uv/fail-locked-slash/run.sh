UV_DEFAULT_INDEX="https://az:$AZURE_ARTIFACTS_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/" uv lock
UV_DEFAULT_INDEX="$PIP_INDEX_URL" uv sync --locked
