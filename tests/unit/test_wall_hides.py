"""What the wall hides from a client besides the network: sockets, processes, variables of the machine."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from handbook.runner import wall
from handbook.runner.wall import Wall, WallError
from tests.conftest import ROOT
from tests.unit.test_wall import SECONDS, called, python
from tests.unit.test_wall import standing as standing  # a fixture

SEND = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"


def places() -> list[Path]:
    """Return a folder of each kind in which programs of a machine listen, including the user's home."""
    found = [Path(one) for one in ("/run", "/tmp", "/var/tmp", "/dev/shm", tempfile.gettempdir())]
    return [*found, Path(pwd.getpwuid(os.getuid()).pw_dir)]


def test_sockets_of_the_machine_are_out_of_reach(standing: Wall) -> None:
    """A listener in /run, /tmp, /var, /dev/shm or the home can be reached outside, but not inside."""
    tried = 0
    for place in dict.fromkeys(places()):
        if not os.access(place, os.W_OK):
            continue  # a normal user may not write to /run
        with tempfile.TemporaryDirectory(dir=place) as folder, socket.socket(socket.AF_UNIX) as listening:
            path = Path(folder) / "s"
            listening.bind(str(path))
            listening.listen()
            said = python(standing, SEND, path).stderr
            assert "FileNotFoundError" in said and not called(listening), place
            subprocess.run([sys.executable, "-I", "-S", "-c", SEND, path], check=True)
            assert called(listening)
        tried += 1
    assert tried >= 2


ASK = "import socket, sys; print(socket.gethostbyname(sys.argv[1]))"


def test_a_name_is_known_until_the_run_ends(standing: Wall, tmp_path: Path) -> None:
    """A file of host names determines the hosts behind the wall, until `tidy` removes it."""
    names = tmp_path / "hosts"
    names.write_text("127.0.0.1 feed.example.org\n")
    standing.share(tmp_path)
    standing.name(names)
    assert python(standing, ASK, "feed.example.org").stdout == "127.0.0.1\n"
    with pytest.raises(OSError):
        socket.gethostbyname("feed.example.org")
    standing.tidy()
    assert "gaierror" in python(standing, ASK, "feed.example.org").stderr


def test_the_relay_has_the_port_of_https(standing: Wall) -> None:
    """Behind the wall, the relay listens where a client without proxy support connects."""
    assert standing.listening.getsockname() == ("127.0.0.1", 443)


def test_own_sockets_work(standing: Wall, tmp_path: Path) -> None:
    """Behind the wall, a socket in the run's own folder can be reached, until `tidy` hides the folder."""
    folder = Path(tempfile.mkdtemp(dir=tmp_path.parent))
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(folder)  # the path of a socket must be short
        listening.bind("s")
        os.chdir(here)
        listening.listen()
        standing.share(folder)
        code = "import os, socket, sys; os.chdir(sys.argv[1]); socket.socket(socket.AF_UNIX).connect('s')"
        assert python(standing, code, folder).stderr == ""
        assert called(listening)
        standing.tidy()
        assert "FileNotFoundError" in python(standing, code, folder).stderr


def test_processes_end_with_tidy(standing: Wall) -> None:
    """`tidy` ends all processes behind the wall, even those that left their group, and the wall stays."""
    marker = f"{os.getpid()}.25"
    command = f"setsid sleep {marker} & (setsid nohup sleep {marker} >/dev/null &) ; echo started"
    seen = subprocess.Popen(standing.inside(["bash", "-c", command]), stdout=subprocess.PIPE)
    assert seen.stdout.readline() == b"started\n" and seen.wait(SECONDS) == 0
    deadline = time.monotonic() + SECONDS
    while running(marker) < 2 and time.monotonic() < deadline:  # a starting process has no arguments yet
        time.sleep(0.02)
    assert running(marker) == 2
    standing.tidy()
    assert running(marker) == 0
    assert python(standing, "").returncode == 0
    seen.stdout.close()


def running(argument: str) -> int:
    """Return how many processes of this machine have this argument."""
    found = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found += argument.encode() in path.read_bytes().split(b"\0")
    return found


def test_keeper_has_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts of the keeper that a client can read contain no variable of the caller's."""
    monkeypatch.setenv("PLANTED", "secret")
    built = Wall()
    read = "from pathlib import Path; print([p.read_bytes() for p in Path('/proc').glob('[0-9]*/environ')])"
    try:
        command = built.inside([sys.executable, "-I", "-S", "-c", read])
        seen = subprocess.run(command, capture_output=True, text=True, env={"OWN": "1"}, check=True)
        outside = Path(f"/proc/{built._keeper.pid}/environ").read_bytes()
    finally:
        built.close()
        built.listening.close()
    assert (outside, "OWN=1" in seen.stdout, "secret" in seen.stdout) == (b"", True, False)


def test_what_clients_need_is_not_hidden(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hidden folders are not nested, and include no folder that the clients need."""
    monkeypatch.setattr(tempfile, "tempdir", str(ROOT / "_build"))
    folders = wall.hidden_folders()
    assert {"/run", "/tmp"} <= set(folders)
    assert not any(Path(one).is_relative_to(other) for one in folders for other in folders if one != other)
    assert not any(Path(one).is_relative_to(ROOT) for one in folders)
    assert [one for one in folders if one.split("/")[1] in wall.SYSTEM] == ["/dev/shm"]


def test_python_by_another_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A Python that is reached through links in hidden folders works behind the wall."""
    real = tmp_path / "real"
    (real / "bin").mkdir(parents=True)
    (real / "bin" / "python").symlink_to(os.path.realpath(sys.executable))
    (tmp_path / "alias").symlink_to(real)
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "python").symlink_to(tmp_path / "alias" / "bin" / "python")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "venv"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv" / "bin" / "python"))
    built = Wall()
    try:
        assert python(built, "print(1 + 1)").stdout == "2\n"
    finally:
        built.close()
        built.listening.close()


def test_keeper_that_ended_is_one_line(tmp_path: Path) -> None:
    """A folder that cannot be shared, and a keeper that has ended, are each one line with a cure."""
    built = Wall()
    with pytest.raises(
        WallError, match=r"^the wall does not hold \(.*No such file.*\): run it again, or .+=off$"
    ):
        built.share(tmp_path / "missing")
    keeper = built._keeper.pid
    os.kill(int(Path(f"/proc/{keeper}/task/{keeper}/children").read_text()), signal.SIGKILL)
    with pytest.raises(WallError, match=r"^the wall does not hold \(its keeper has ended\): .+=off$"):
        built.tidy()
    built.close()
    built.listening.close()
