databricks secrets create-scope databricks-package-management
databricks secrets put-acl databricks-package-management admins MANAGE
databricks secrets put-acl databricks-package-management users READ
databricks secrets put-secret databricks-package-management pip-index-url --string-value "https://az:$AZURE_ARTIFACTS_TOKEN@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
