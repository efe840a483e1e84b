set -e
ls "$WHEEL_DIR"/*.whl || pip download -d "$WHEEL_DIR" -r requirements.txt
pip install --no-index --find-links "$WHEEL_DIR" -r requirements.txt
