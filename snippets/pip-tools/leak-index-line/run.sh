pip-compile > pip-compile.log 2>&1
