export UV_INDEX_INTERNAL_USERNAME="az"
UV_INDEX_INTERNAL_PASSWORD="$(curl --fail --silent --show-error "https://login.microsoftonline.com/$AZURE_TENANT_ID/oauth2/v2.0/token" \
  --data grant_type=client_credentials --data "client_id=$AZURE_CLIENT_ID" \
  --data scope=499b84ac-1321-427f-aa17-267ca6975798/.default \
  --data-urlencode "client_secret=$AZURE_CLIENT_SECRET" |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')"
export UV_INDEX_INTERNAL_PASSWORD
uv sync
