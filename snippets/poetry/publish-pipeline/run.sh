test "v$(poetry version --short)" = "$BUILD_SOURCEBRANCHNAME"
poetry publish --repository internal --no-interaction
