pipenv install
cat source.toml >> Pipfile
pipenv install contoso-utils
