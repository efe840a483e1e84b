test "v$(uv version --short)" = "$GITHUB_REF_NAME"
uv build
UV_PUBLISH_PASSWORD="$(az account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798 --query accessToken --output tsv)"
echo "::add-mask::$UV_PUBLISH_PASSWORD"
export UV_PUBLISH_PASSWORD
uv publish
