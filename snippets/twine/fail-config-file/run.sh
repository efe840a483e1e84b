twine upload --config-file internal.ini dist/*
