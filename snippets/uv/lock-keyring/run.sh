export UV_KEYRING_PROVIDER="subprocess"
export UV_INDEX_INTERNAL_USERNAME="VssSessionToken"
uv lock
