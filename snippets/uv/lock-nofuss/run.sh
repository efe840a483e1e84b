export PATH="$HOME/.local/bin:$PATH"
uv tool install keyring --with artifacts-keyring-nofuss
export ARTIFACTS_KEYRING_NOFUSS_TOKEN="$AZURE_ARTIFACTS_TOKEN"
export UV_KEYRING_PROVIDER="subprocess"
export UV_INDEX_INTERNAL_USERNAME="VssSessionToken"
uv lock
