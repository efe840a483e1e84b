"""`make record LIVE=`, tried on two real index servers, with planted names and tokens."""

from __future__ import annotations

import base64
import os
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from handbook.feed import packages
from handbook.tools import environments, record_live
from tests.conftest import ROOT

pytestmark = pytest.mark.slow
NAME, PACKAGE, WORD = "fabrikam-live", "fabrikam-engine", "secret-index"
FILES = [packages.wheel(PACKAGE, "1.0.0"), packages.wheel(PACKAGE, "1.1.0", ">=3.9")]
SECONDS = 300  # devpi takes half a minute on a busy machine


@pytest.fixture(scope="module")
def servers() -> None:
    """Set up the environment with both servers, from its lock."""
    environments.ensure([environments.INDEX_SERVERS], ROOT)


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def started(command: list[str], url: str, home: Path) -> Iterator[None]:
    """Start a server, wait until it answers, and end it when the block ends."""
    program = environments.program(environments.INDEX_SERVERS, command[0], ROOT)
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    with subprocess.Popen(
        [program, *command[1:]],
        cwd=home,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            until = time.monotonic() + SECONDS
            while not answers(url):
                assert server.poll() is None and time.monotonic() < until, f"{command[0]} did not start"
                time.sleep(0.1)
            yield
        finally:
            server.terminate()


def answers(url: str) -> bool:
    """Return whether anything answers at a URL, with any status."""
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


@pytest.fixture
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Provide a home whose .netrc has a login for the server, which must not be sent, and no proxy."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password planted-netrc-word\n")
    (tmp_path / ".netrc").chmod(0o600)
    return tmp_path


def written(folder: Path, tokens: list[str], port: int) -> list[str]:
    """Return the server's own names and tokens that are found in a written file."""
    text = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file())
    assert text
    found = [NAME, PACKAGE, PACKAGE.replace("-", "_"), WORD, "planted-netrc-word", str(port), FILES[0].sha256]
    return [one for one in (*found, *tokens) if one in text]


def test_pypiserver(servers: None, clean: Path, capsys) -> None:
    """pypiserver is recorded without a token; its differences are reported, and its names are in no file."""
    folder = clean / NAME
    folder.mkdir()
    for file in FILES:
        (folder / file.filename).write_bytes(file.content)
    port = free_port()
    address = f"http://127.0.0.1:{port}/simple/"
    with started(["pypi-server", "run", "-i", "127.0.0.1", "-p", str(port), str(folder)], address, clean):
        assert record_live.main([address], clean / "live") == 0
    lines = capsys.readouterr().out.splitlines()
    assert written(clean / "live", [], port) == []
    page = "anonymous, the page of a package (test_index/test_page_is_two_lines_of_html): "
    assert f"{page}form of a link: 'relative'; the model: 'absolute'" in lines
    assert any(
        line.startswith("anonymous, a file (") and "status: '200'; the model: '303'" in line for line in lines
    )


def test_pypiserver_with_a_token(servers: None, clean: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """A closed pypiserver is asked with a planted token and without; neither token nor user is written."""
    folder = clean / NAME
    folder.mkdir()
    (folder / FILES[0].filename).write_bytes(FILES[0].content)
    token, wrong = secrets.token_hex(42), secrets.token_hex(42)
    checked = clean / "passwords"
    program = environments.program(environments.INDEX_SERVERS, "python", ROOT)
    make = "import sys; from passlib.apache import HtpasswdFile as H; h = H(sys.argv[1], new=True)"
    make += "; h.set_password('az', sys.stdin.read()); h.save()"
    subprocess.run([program, "-c", make, checked], input=token, text=True, check=True, capture_output=True)
    monkeypatch.setenv("FEED_READER_READ_TOKEN", token)
    monkeypatch.setenv("FEED_WRONG_TOKEN", wrong)
    port = free_port()
    address = f"http://127.0.0.1:{port}/simple/"
    command = [
        "pypi-server",
        "run",
        "-i",
        "127.0.0.1",
        "-p",
        str(port),
        "-P",
        str(checked),
        "-a",
        "list,download,update",
    ]
    with started([*command, str(folder)], address, clean):
        assert record_live.main([address, PACKAGE], clean / "live") == 0
    assert written(clean / "live", [token, wrong], port) == []
    [day] = (clean / "live").iterdir()
    assert {path.name for path in day.glob("*.yaml")} == {"none.yaml", "reader-read.yaml", "wrong.yaml"}
    assert "code: 401" in (day / "none.yaml").read_text()
    assert "code: 403" in (day / "wrong.yaml").read_text()
    assert "code: 200" in (day / "reader-read.yaml").read_text()


def test_devpi(servers: None, clean: Path, capsys) -> None:
    """devpi is recorded below a URL of its own form; differences are reported, its names are in no file."""
    state, port = clean / "state", free_port()
    init = environments.program(environments.INDEX_SERVERS, "devpi-init", ROOT)
    environment = {"PATH": os.environ["PATH"], "HOME": str(clean)}
    password = secrets.token_hex(8)
    options = ["--serverdir", state, "--no-root-pypi", "--root-passwd", password]
    subprocess.run([init, *options], env=environment, check=True, capture_output=True)
    base = f"http://127.0.0.1:{port}/"
    with started(
        [
            "devpi-server",
            "--offline-mode",
            "--serverdir",
            str(state),
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ],
        base,
        clean,
    ):
        publish(base, password)
        address = f"{base}root/{WORD}/+simple/"
        assert record_live.main([address, PACKAGE], clean / "live") == 0
    lines = capsys.readouterr().out.splitlines()
    assert written(clean / "live", [password], port) == []
    assert any(line.startswith("anonymous, the page of a package") for line in lines)


def publish(base: str, password: str) -> None:
    """Create an index on devpi and publish the two files to it, over its HTTP interface."""
    session = requests.Session()
    session.trust_env = False
    login = session.post(f"{base}+login", json={"user": "root", "password": password}).json()["result"][
        "password"
    ]
    session.auth = lambda request: request  # else the planted .netrc would be sent
    session.headers["X-Devpi-Auth"] = base64.b64encode(f"root:{login}".encode()).decode()
    assert session.put(f"{base}root/{WORD}", json={"type": "stage", "bases": []}).status_code == 200
    for file in FILES:
        form = {":action": "file_upload", "name": file.name, "version": file.version}
        got = session.post(f"{base}root/{WORD}/", data=form, files={"content": (file.filename, file.content)})
        assert got.status_code == 200, got.text
