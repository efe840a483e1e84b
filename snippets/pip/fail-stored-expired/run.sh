echo "$AZURE_ARTIFACTS_TOKEN" | keyring set pkgs.dev.azure.com az
pip install -vv contoso-utils > pip.log || grep "credentials in" pip.log
