pipenv install
