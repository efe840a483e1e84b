export PATH="$HOME/.local/bin:$PATH"
export PIPX_DISABLE_SHARED_LIBS_AUTO_UPGRADE="1"
pipx install --index-url "https://az:$AZURE_ARTIFACTS_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/" contoso-cli
