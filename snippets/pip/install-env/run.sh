cd ~/hello-pip
pip install -r requirements.txt
python -m contoso_greeting
