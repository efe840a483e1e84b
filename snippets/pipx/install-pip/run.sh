export PATH="$HOME/.local/bin:$PATH"
export PIPX_DISABLE_SHARED_LIBS_AUTO_UPGRADE="1"
export PIP_INDEX_URL="https://az:$AZURE_ARTIFACTS_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
pipx install contoso-cli
contoso-cli
