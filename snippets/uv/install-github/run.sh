UV_INDEX_INTERNAL_PASSWORD="$(az account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798 --query accessToken --output tsv)"
echo "::add-mask::$UV_INDEX_INTERNAL_PASSWORD"
export UV_INDEX_INTERNAL_PASSWORD
uv sync
