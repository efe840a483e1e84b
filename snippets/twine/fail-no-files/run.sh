twine upload dist/*
