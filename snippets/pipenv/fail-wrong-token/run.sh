pipenv lock
