uv tool install pdm --with "hishel<2"
