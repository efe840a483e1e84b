chmod 644 ~/.netrc
pdm lock
