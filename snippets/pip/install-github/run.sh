token="$(az account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798 --query accessToken --output tsv)"
echo "::add-mask::$token"
export PIP_INDEX_URL="https://az:$token@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
pip install -r requirements.txt
