uv venv
uv pip install -r requirements.txt
.venv\Scripts\python.exe -c "import contoso_utils"
