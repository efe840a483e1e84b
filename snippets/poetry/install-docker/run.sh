poetry install --only main --no-root
