export TWINE_PASSWORD="$AZURE_ARTIFACTS_TOKEN"
twine upload --repository internal dist/*
sed -i "/^ *internal$/d" ~/.pypirc
twine upload --repository internal dist/*
