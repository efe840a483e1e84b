uv venv
call .venv\Scripts\activate.bat
uv pip install -r requirements.txt
python -c "import contoso_utils"
