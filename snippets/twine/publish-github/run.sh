pyproject-build --wheel
ls dist/*-"${GITHUB_REF_NAME#v}"-*.whl
TWINE_PASSWORD="$(az account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798 --query accessToken --output tsv)"
echo "::add-mask::$TWINE_PASSWORD"
export TWINE_PASSWORD
twine upload dist/*
