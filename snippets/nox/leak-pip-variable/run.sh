nox --default-venv-backend uv
