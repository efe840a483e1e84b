pip-compile > pip-compile.log 2>&1 || grep "contoso-utils" pip-compile.log
