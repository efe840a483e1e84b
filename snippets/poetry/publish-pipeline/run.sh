test "v$(poetry version --short)" = "$BUILD_SOURCEBRANCHNAME"
poetry build
poetry publish --repository internal --no-interaction
