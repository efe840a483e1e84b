pip install contoso-tools
