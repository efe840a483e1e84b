hatch build
ls dist/*-"${GITHUB_REF_NAME#v}"-*.whl
HATCH_INDEX_AUTH="$(az account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798 --query accessToken --output tsv)"
echo "::add-mask::$HATCH_INDEX_AUTH"
export HATCH_INDEX_AUTH
hatch publish
