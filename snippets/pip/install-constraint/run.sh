pip install -r requirements.txt -c constraints.txt
