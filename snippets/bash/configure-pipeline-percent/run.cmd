echo Data%20Team
echo Data%%20Team
echo $AZURE_ARTIFACTS_TOKEN [%NO_SUCH_NAME%]
