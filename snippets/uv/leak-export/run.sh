export UV_DEFAULT_INDEX="https://az:$AZURE_ARTIFACTS_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
uv export --quiet --emit-index-url --output-file requirements.txt
