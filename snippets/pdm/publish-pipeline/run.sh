pdm build
ls dist/*-"${BUILD_SOURCEBRANCHNAME#v}"-*.whl
pdm publish --no-build
