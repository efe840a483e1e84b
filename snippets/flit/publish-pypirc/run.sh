export FLIT_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
flit publish --repository internal
