read -rsp "Token: " AZURE_ARTIFACTS_TOKEN
export AZURE_ARTIFACTS_TOKEN
printenv AZURE_ARTIFACTS_TOKEN | tr -d '\n' | wc -c
