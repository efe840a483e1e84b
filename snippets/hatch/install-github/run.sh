AZURE_ARTIFACTS_TOKEN="$(az account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798 --query accessToken --output tsv)"
echo "::add-mask::$AZURE_ARTIFACTS_TOKEN"
export AZURE_ARTIFACTS_TOKEN
hatch env create
