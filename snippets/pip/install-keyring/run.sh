pip install contoso-utils
