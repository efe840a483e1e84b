poetry lock
poetry source add PyPI
poetry install
