pip install dist/contoso_utils-1.1.0-py3-none-win_amd64.whl
