echo "$AZURE_ARTIFACTS_TOKEN" | uv auth login https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/ --username az --password -
uv lock
uv sync
