grep -x "version = \"${GITHUB_REF_NAME#v}\"" pyproject.toml
FLIT_PASSWORD="$(az account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798 --query accessToken --output tsv)"
echo "::add-mask::$FLIT_PASSWORD"
export FLIT_PASSWORD
flit publish
