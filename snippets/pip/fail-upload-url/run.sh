pip install -vv -r requirements.txt > pip.log || grep "Could not fetch" pip.log
