docker build --secret id=feed,env=AZURE_ARTIFACTS_TOKEN --tag app .
