import nox


@nox.session
def tests(session):
    session.install("-r", "requirements.txt")
    session.run("python", "-c", "import contoso_utils; print(contoso_utils.SUPPLIER)")
