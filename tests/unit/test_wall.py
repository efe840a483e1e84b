"""The wall: no client can bypass the relay, and no part of the wall outlives its run."""

from __future__ import annotations

import http.server
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from handbook.cases.clients import CLIENTS, VARIABLES
from handbook.feed import hosts, packages
from handbook.runner import wall_keeper
from handbook.runner.wall import MACHINE_SETTINGS, Wall, WallError
from tests.conftest import ROOT

SECONDS = 10


@pytest.fixture(scope="module")
def standing() -> Iterator[Wall]:
    """A wall, built once for this module."""
    built = Wall()
    yield built
    built.listening.close()
    built.close()


class NotFound(http.server.BaseHTTPRequestHandler):
    """An index without any package, which records the requests."""

    def do_GET(self) -> None:
        """Record the method, and answer 404."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append(self.command)
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_CONNECT = do_GET

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture
def server() -> Iterator[http.server.ThreadingHTTPServer]:
    """Provide an index on this machine's loopback, outside the wall; it listens, but does not serve yet."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), NotFound) as listening:
        listening.asked = []
        yield listening


def called(listening: socket.socket) -> bool:
    """Return whether anything has connected to a listening socket that is not served yet."""
    return bool(select.select([listening], [], [], 0)[0])


@pytest.mark.runs
@pytest.mark.parametrize("client", [name for name, one in CLIENTS.items() if not one.never])
def test_canary(standing: Wall, server: http.server.ThreadingHTTPServer, tmp_path: Path, client: str) -> None:
    """The client can reach an index on this machine from outside the wall, and not from inside."""
    wheel = packages.wheel("contoso-utils", "1.0.0")
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / wheel.filename).write_bytes(wheel.content)
    project = '[project]\nname = "contoso-utils"\nversion = "1.0.0"\ndescription = "A canary"\n'
    (tmp_path / "pyproject.toml").write_text(project)
    (tmp_path / "contoso_utils.py").touch()
    url = f"http://127.0.0.1:{server.server_port}/"
    canary = CLIENTS[client].canary.format(url=url, port=server.server_port)
    command = ["bash", "-c", canary]
    programs = ROOT / ".envs" / CLIENTS[client].lock / "bin"
    environment = {
        "HOME": str(tmp_path),
        "PATH": f"{programs}:{os.environ['PATH']}",
        **{one.name: one.value for one in VARIABLES if client in one.clients and one.value[0] != "{"},
    }
    given = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True, "timeout": 60}
    standing.share(tmp_path)
    inside = subprocess.run(standing.inside(command, tmp_path), **given)
    assert inside.returncode != 0 and "nsenter" not in inside.stderr
    assert not called(server.socket), "the client went round the wall"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    outside = subprocess.run(command, **given)
    server.shutdown()
    thread.join()
    assert server.asked, outside.stderr


def python(standing: Wall, code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a line of Python behind the wall."""
    command = standing.inside([sys.executable, "-I", "-S", "-c", code, *map(str, arguments)])
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)


CONNECT = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5).sendall(b'hello')"


CONNECT_MACHINE = "import socket; socket.create_connection(('169.254.169.254', 80), 5).sendall(b'hello')"


def test_a_machines_own_service_is_the_relay(standing: Wall) -> None:
    """The address of a virtual machine's identity service leads to the wall's own socket."""
    assert wall_keeper.METADATA == hosts.METADATA
    assert python(standing, CONNECT_MACHINE).stderr == ""
    connection, _ = standing.listening.accept()
    with connection:
        assert connection.recv(5) == b"hello"


def test_relay_is_reachable_from_inside(standing: Wall) -> None:
    """A listener on the wall's own socket can be reached from behind the wall, and only from there."""
    port = standing.listening.getsockname()[1]
    with socket.socket() as outside:
        outside.settimeout(SECONDS)
        outside.connect_ex(("127.0.0.1", port))
        assert not called(standing.listening)
    assert python(standing, CONNECT, port).stderr == ""
    connection, _ = standing.listening.accept()
    with connection:
        assert connection.recv(5) == b"hello"


def test_loopback_is_the_only_network(standing: Wall) -> None:
    """Behind the wall, loopback is the only network interface."""
    seen = python(standing, "import socket; print([name for _, name in socket.if_nameindex()])")
    assert seen.stdout == "['lo']\n"


def test_reader_stays_who_they_are(standing: Wall) -> None:
    """A command behind the wall runs as the same user and group, in the same folder."""
    seen = python(standing, "import os; print(os.getuid(), os.getgid(), os.getcwd())")
    assert seen.stdout == f"{os.getuid()} {os.getgid()} {Path.cwd()}\n"


def ended(process: int) -> bool:
    """Return whether a process, opened with `os.pidfd_open`, has ended."""
    return bool(select.select([process], [], [], SECONDS)[0])


def test_keeper_ends_with_close() -> None:
    """`close` ends the process that keeps the namespace, without an error."""
    built = Wall()
    assert built._keeper.poll() is None
    built.close()
    assert built._keeper.returncode == 0
    built.listening.close()


def test_keeper_ends_with_its_parent() -> None:
    """The process that keeps the namespace ends when its parent is killed."""
    code = "from handbook.runner.wall import Wall; print(Wall()._keeper.pid, flush=True); input()"
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with parent:
        keeper = os.pidfd_open(int(parent.stdout.readline()))
        try:
            parent.send_signal(signal.SIGKILL)
            assert ended(keeper)
        finally:
            os.close(keeper)


def failure() -> str:
    """Build a wall that must fail; return the message, which is one line with the cure."""
    with pytest.raises(WallError) as raised:
        Wall()
    (line,) = str(raised.value).splitlines()
    assert "allow unprivileged user namespaces" in line
    assert "install util-linux" in line
    assert line.endswith("or run without the wall: HANDBOOK_WALL=off")
    return line


@pytest.mark.parametrize(
    ("says", "shown"),
    [
        ("echo 'unshare: Operation not permitted' >&2; exit 1", "(unshare: Operation not permitted)"),
        ("printf 'Traceback:\\n  File x\\nOSError: no loopback\\n' >&2; exit 1", "(OSError: no loopback)"),
    ],
    ids=["refused", "broken"],
)
def test_namespace_that_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, shown: str
) -> None:
    """If the system refuses a namespace, one line says why and what to do."""
    stub = tmp_path / "python"
    stub.write_text(f"#!/bin/sh\n{says}\n")
    stub.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(stub))
    assert shown in failure()


def test_refusal_of_the_kernel_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keeper's error for a namespace that the kernel refuses is one line."""

    class Libc:
        def unshare(self, _: int) -> int:
            return -1

    monkeypatch.setattr(wall_keeper.ctypes, "CDLL", lambda *_, **__: Libc())
    monkeypatch.setattr(wall_keeper.ctypes, "get_errno", lambda: 1)
    with pytest.raises(SystemExit, match="^unshare: Operation not permitted$"):
        wall_keeper.keep(0)


def test_missing_nsenter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without nsenter, one line says so, and no handle is left open."""
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names, not paths
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "(nsenter is missing)" in failure()
    assert set(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_wall_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """HANDBOOK_WALL=off builds nothing and leaves a command unchanged."""
    monkeypatch.setenv("HANDBOOK_WALL", "off")
    monkeypatch.setattr(subprocess, "Popen", None)
    absent = Wall()
    command = ["pip", "install", "contoso-utils"]
    assert (absent.stands, absent.listening, absent.inside(command)) == (False, None, command)
    absent.close()


def test_settings_of_the_machine_are_hidden(tmp_path: Path) -> None:
    """A file that the wall hides, such as the machine's pip.conf, is empty inside and unchanged outside."""
    settings = tmp_path / "pip.conf"
    settings.write_text("[global]\n")
    wall = Wall(hidden=(str(settings), str(tmp_path / "missing")))
    wall.share(tmp_path)
    try:
        said = subprocess.run(wall.inside(["cat", str(settings)]), capture_output=True, text=True, check=True)
    finally:
        wall.close()
        wall.listening.close()
    assert (said.stdout, settings.read_text()) == ("", "[global]\n")
    assert "/etc/pip.conf" in MACHINE_SETTINGS
