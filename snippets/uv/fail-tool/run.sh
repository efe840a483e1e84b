uv tool install contoso-tools
