"""`make relay`: what it prints, how it reports a request, how it starts anew and ends."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from handbook.cases import clients
from handbook.feed import credentials, recording
from handbook.feed.http import Request
from handbook.tools import relay_by_hand
from tests.conftest import ROOT
from tests.unit.test_recording import BASE, PAGE, get, published
from tests.unit.test_recording import recorded as recorded  # a fixture

SECONDS = 20


@pytest.mark.parametrize(
    ("argv", "found"),
    [
        ([], ("", 0)),
        (["uv"], ("uv", 0)),
        (["8443"], ("", 8443)),
        (["keyring", "1"], ("keyring", 1)),
        (["65535", "pip"], ("pip", 65535)),
    ],
)
def test_arguments(argv: list[str], found: tuple[str, int]) -> None:
    """Client and port can each be omitted or given, in any order."""
    assert relay_by_hand.parsed(argv) == found


@pytest.mark.parametrize("word", ["70000", "65536", "-1", "bash", "nope", "", "9" * 5000, "²"])
def test_argument_that_is_none(word: str, capsys: pytest.CaptureFixture) -> None:
    """An argument that is neither a client nor a port is reported in one line that names both."""
    assert relay_by_hand.main([word]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(
        f"relay: {word!r} is neither a client nor a port: use artifacts-keyring-nofuss, build, "
    )


@pytest.mark.parametrize("client", ["", *[name for name, one in clients.CLIENTS.items() if one.lock]])
def test_variables_of_the_client_alone(client: str) -> None:
    """The client's variables are set, or without a client those of the relay, and nothing is expanded."""
    place = Path("/a $HOME `id` 'b'.pem")
    lines = relay_by_hand.exports(client, "http://relay:x@127.0.0.1:1", place)
    script = "\n".join(lines) + "\nenv -0"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env={}, check=True)
    found = dict(one.split("=", 1) for one in done.stdout.split("\0") if one)
    names = {one.name for one in clients.VARIABLES if client in one.clients and "linux" in one.systems}
    leading = {"HTTPS_PROXY", "HTTP_PROXY", "PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}
    set_by_bash = {"PWD", "SHLVL", "_", "PATH"}
    assert found.keys() - set_by_bash == (names if client else leading) | {"AZURE_ARTIFACTS_TOKEN"}
    assert str(place) in found.values()
    assert ("VIRTUALENV_NO_PIP" in found) == (client == "poetry")


@pytest.fixture
def session(recorded: dict) -> relay_by_hand.Session:
    """A session on today's recording."""
    return relay_by_hand.Session(recording.Player(recorded, credentials.self_named()))


def test_what_is_not_in_the_recording_is_said(
    session: relay_by_hand.Session, capsys: pytest.CaptureFixture
) -> None:
    """A request is one line; one without a recording is followed by its name, but a recorded 404 is not."""
    missing = f"{BASE}simple/contoso-nothing/"
    for url in (PAGE, missing, BASE + "simple/unheard/"):
        session(get(url))
    session(Request("GET", relay_by_hand.run.hosts.public_hosts()[0].join(["https://", "/simple/idna/"])))
    lines = capsys.readouterr().out.splitlines()
    unheard = f"GET {BASE}simple/unheard/"
    assert lines[:4] == [
        f"200 GET {PAGE}",
        f"404 GET {missing}",
        f"404 {unheard}",
        f"    not in the recording: {unheard} [reader-read]",
    ]
    assert lines[4].startswith("200 GET https://") and len(lines) == 5


def test_uploads_are_forgotten(session: relay_by_hand.Session, capsys: pytest.CaptureFixture) -> None:
    """After `anew`, a file can be uploaded again, and pages are answered as before the upload."""
    assert [session(published()).status for _ in range(2)] == [200, 409]
    session.anew()
    assert session(get(PAGE, "contributor-write")).status == 200
    assert session(published()).status == 200
    assert "not in the recording" not in capsys.readouterr().out


@contextlib.contextmanager
def playing(*argv: str) -> Iterator[subprocess.Popen[str]]:
    """Start `argv`, and end it with all its processes when the block ends."""
    process = subprocess.Popen(
        argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def until(process: subprocess.Popen[str], start: str) -> str:
    """Return the first line that starts with `start`."""
    for line in process.stdout:
        if line.startswith(start):
            return line
    raise AssertionError(f"no line begins with {start}")


def test_it_begins_anew_and_ends_with_its_parent() -> None:
    """An input line and a hang-up start the relay anew, and it ends with the make that started it."""
    with playing("make", f"PYTHON={sys.executable}", "relay", "CLIENT=uv") as process:
        pid = int(until(process, "# Enter").split()[5].rstrip(","))
        handle = os.pidfd_open(pid)
        process.stdin.write("\n")
        process.stdin.flush()
        until(process, "# begun anew")
        os.kill(pid, signal.SIGHUP)
        until(process, "# begun anew")
        assert pid != process.pid
        os.kill(process.pid, signal.SIGTERM)
        assert select.select([handle], [], [], SECONDS)[0]
        os.close(handle)
