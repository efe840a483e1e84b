echo "$AZURE_ARTIFACTS_TOKEN" | uv auth login pkgs.dev.azure.com/contoso --username az --password -
uv sync
