xargs pip download < requirements.txt && pip install -r requirements.txt
