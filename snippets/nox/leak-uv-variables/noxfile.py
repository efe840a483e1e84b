import nox


@nox.session
def tests(session):
    session.install("contoso-utils")
    session.run("python", "-c", "import contoso_utils; print(contoso_utils.SUPPLIER)")
