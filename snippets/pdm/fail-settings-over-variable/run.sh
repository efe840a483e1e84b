pdm config pypi.internal.username az
pdm config pypi.internal.password "$OLD_TOKEN"
pdm lock
