pip-compile --strip-extras > pip-compile.log 2>&1
grep --count AZURE_ARTIFACTS_TOKEN requirements.in
grep --count AZURE_ARTIFACTS_TOKEN requirements.txt
