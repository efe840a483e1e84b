twine upload --config-file /etc/internal.ini dist/*
