pip download --no-deps --python-version 3.8 -r requirements.txt
