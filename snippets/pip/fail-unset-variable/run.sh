pip install -r requirements.txt
unset AZURE_ARTIFACTS_TOKEN
pip download -r requirements.txt
