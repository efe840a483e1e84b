git init --quiet
git add .pre-commit-config.yaml
export PIP_INDEX_URL="https://az:$AZURE_ARTIFACTS_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
export PIP_NO_BUILD_ISOLATION="0"
export VIRTUALENV_SETUPTOOLS="bundle"
pre-commit run
