set -e
export POETRY_HTTP_BASIC_INTERNAL_USERNAME="az"
POETRY_HTTP_BASIC_INTERNAL_PASSWORD="$(az account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798 --query accessToken --output tsv)"
export POETRY_HTTP_BASIC_INTERNAL_PASSWORD
poetry install
