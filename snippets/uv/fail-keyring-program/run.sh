export UV_KEYRING_PROVIDER="subprocess"
export UV_INDEX_INTERNAL_USERNAME="VssSessionToken"
uv lock --verbose 2>&1 | grep "credentials\|command"
