cd ~/contoso-greeting
uv build
