echo "$AZURE_ARTIFACTS_TOKEN" | uv auth login pkgs.dev.azure.com/contoso --username az --password -
uv lock
echo "machine pkgs.dev.azure.com login az password $OLD_TOKEN" > ~/.netrc
uv lock --upgrade
