tox
