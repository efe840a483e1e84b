echo https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal%40Release/pypi/simple/
echo https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal%%40Release/pypi/simple/
echo $AZURE_ARTIFACTS_TOKEN [%NO_SUCH_NAME%]
