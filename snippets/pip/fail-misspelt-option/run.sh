pip install -r requirements.txt > pip.log 2>&1 || grep "no such option" pip.log
