echo "machine pkgs.dev.azure.com login az password $AZURE_ARTIFACTS_TOKEN" > ~/.netrc
poetry publish --repository internal
