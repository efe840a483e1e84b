twine upload --repository internal dist/*
export TWINE_PASSWORD="$OLD_TOKEN"
twine upload --repository internal dist/*
