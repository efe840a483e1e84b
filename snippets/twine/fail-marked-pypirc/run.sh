twine upload --repository internal dist/*
