export UV_DEFAULT_INDEX="https://az:$AZURE_ARTIFACTS_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
uv pip install --target first contoso-utils
find "$(uv cache dir)" -name METADATA -exec cp /dev/null {} ";"
uv pip install --target second contoso-utils || uv pip install --target second --no-cache contoso-utils
