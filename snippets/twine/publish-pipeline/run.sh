pyproject-build --wheel
ls dist/*-"${BUILD_SOURCEBRANCHNAME#v}"-*.whl
twine upload -r python-internal --config-file "$PYPIRC_PATH" dist/*
