pipenv lock
pipenv requirements > requirements.txt
grep "TOKEN" requirements.txt
