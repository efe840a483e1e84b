export TWINE_REPOSITORY="internal"
export TWINE_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
twine upload dist/*
sed -i "s/^ *//" ~/.pypirc
twine upload dist/*
