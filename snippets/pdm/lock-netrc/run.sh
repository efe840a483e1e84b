chmod 600 ~/.netrc
pdm lock
