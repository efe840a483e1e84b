import os

import nox

TOKEN = os.environ["AZURE_ARTIFACTS_TOKEN"]
INDEX = f"https://az:{TOKEN}@pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"


@nox.session
def tests(session):
    session.install("contoso-utils", env={"PIP_INDEX_URL": INDEX})
    session.run("python", "-c", "import contoso_utils; print(contoso_utils.SUPPLIER)")
