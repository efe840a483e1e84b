pip install --require-hashes -r requirements.txt
