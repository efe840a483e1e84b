az login --identity --allow-no-subscriptions --output none
export UV_INDEX_INTERNAL_USERNAME="az"
UV_INDEX_INTERNAL_PASSWORD="$(az account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798 --query accessToken --output tsv)"
export UV_INDEX_INTERNAL_PASSWORD
uv sync
