pdm install
