pdm lock
pdm export --expandvars --output requirements.txt
