export UV_PUBLISH_TOKEN="$AZURE_ARTIFACTS_TOKEN"
uv publish --index internal
