pip install contoso-utils && pip config list | grep "https"
