test "v$(uv version --short)" = "$BUILD_SOURCEBRANCHNAME"
uv build
uv publish
