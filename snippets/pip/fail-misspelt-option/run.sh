pip install -r requirements.txt
sed -i "s/index-url/index_url/" requirements.txt
pip install -r requirements.txt > pip.log 2>&1 || grep "no such option" pip.log
