pip download $(cat requirements.txt) && pip install -r requirements.txt
