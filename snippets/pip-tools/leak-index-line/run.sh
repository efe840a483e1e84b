pip-compile --strip-extras > pip-compile.log 2>&1
grep "AZURE_ARTIFACTS_TOKEN" requirements.in
grep "AZURE_ARTIFACTS_TOKEN" requirements.txt
