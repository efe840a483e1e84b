test "v$(poetry version --short)" = "$GITHUB_REF_NAME"
poetry build
POETRY_HTTP_BASIC_INTERNAL_PASSWORD="$(az account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798 --query accessToken --output tsv)"
echo "::add-mask::$POETRY_HTTP_BASIC_INTERNAL_PASSWORD"
export POETRY_HTTP_BASIC_INTERNAL_PASSWORD
poetry publish --repository internal --no-interaction
