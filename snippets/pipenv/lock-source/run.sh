pipenv lock > lock.log 2>&1
grep "url" Pipfile.lock
grep "sha256:" Pipfile.lock
