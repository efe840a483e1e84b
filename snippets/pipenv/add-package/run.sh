pipenv install idna
cat source.toml >> Pipfile
pipenv install contoso-utils --index internal
