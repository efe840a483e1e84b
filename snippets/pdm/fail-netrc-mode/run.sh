pdm lock
