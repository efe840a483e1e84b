nox
