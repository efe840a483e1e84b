pipenv lock
grep "sha256\|url" Pipfile.lock
