pdm build
ls dist/*-"${GITHUB_REF_NAME#v}"-*.whl
PDM_PUBLISH_PASSWORD="$(az account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798 --query accessToken --output tsv)"
echo "::add-mask::$PDM_PUBLISH_PASSWORD"
export PDM_PUBLISH_PASSWORD
pdm publish --no-build
