pip install -vv --no-input contoso-utils > pip.log || grep "Could not fetch" pip.log
