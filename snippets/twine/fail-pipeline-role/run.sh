pyproject-build --wheel
twine upload -r python-internal --config-file "$PYPIRC_PATH" dist/*
