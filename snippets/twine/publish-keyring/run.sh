export PATH="$HOME/.local/bin:$PATH"
uv tool install twine --with artifacts-keyring
twine upload --repository internal dist/*
