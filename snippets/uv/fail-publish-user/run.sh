uv publish
