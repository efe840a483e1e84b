pdm lock
pdm export --output requirements.txt
grep "TOKEN" requirements.txt
