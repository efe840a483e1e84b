export UV_INDEX_INTERNAL_USERNAME="az"
UV_INDEX_INTERNAL_PASSWORD="$(curl --fail --silent --show-error --noproxy '*' --header Metadata:true \
  "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=499b84ac-1321-427f-aa17-267ca6975798" |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')"
export UV_INDEX_INTERNAL_PASSWORD
uv sync
