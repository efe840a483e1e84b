"""The runner's support for Windows and macOS, tested here as far as another system can."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pytest

from handbook.cases import machine
from handbook.cases.case import SYSTEMS, load
from handbook.runner import host, normalise, run, system
from handbook.runner.host import Host
from handbook.runner.observation import compare
from handbook.runner.system import LINUX, MACOS, WINDOWS, System
from handbook.tools import environments
from tests.conftest import ROOT
from tests.every import CASES

# The modules that the Windows job imports, and what Windows lacks of the standard library.
IMPORTED = (
    "handbook.tools.commands handbook.tools.environments tests.conftest tests.pages.built tests.every"
    " tests.cases.test_cases"
)
MODULES = "fcntl grp pty pwd readline resource termios tty"
ATTRIBUTES = (
    "os.fork os.getgid os.getpgid os.getsid os.getuid os.killpg os.memfd_create os.pidfd_open os.setsid"
    " signal.SIGKILL socket.AF_UNIX socket.recv_fds socket.send_fds"
)
IMPORT = f"""
import importlib, os, signal, socket, sys
import execnet, pytest, requests, trustme, vcr, xdist, yaml
sys.modules.update(dict.fromkeys("{MODULES}".split()))
for name in "{ATTRIBUTES}".split():
    module, _, attribute = name.partition(".")
    delattr(sys.modules[module], attribute)
for name in "{IMPORTED}".split():
    importlib.import_module(name)
"""


def test_nothing_that_windows_lacks_is_imported() -> None:
    """Every module that the Windows job imports can be imported without what Windows lacks."""
    code = [sys.executable, "-c", IMPORT]
    done = subprocess.run(code, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_systems_are_those_of_the_cases() -> None:
    """The runner knows the systems that case.toml names, and which of them this machine has."""
    assert tuple(one.name for one in system.SYSTEMS.values()) == (*SYSTEMS, machine.WINE_NAME)
    assert {one.place for one in system.SYSTEMS.values()} == set(SYSTEMS)
    assert system.SYSTEMS[machine.HERE] is system.HERE


@pytest.mark.parametrize(
    ("here", "program", "packages"),
    [
        (LINUX, "bin/pip", "lib/python3.11/site-packages"),
        (MACOS, "bin/pip", "lib/python3.11/site-packages"),
        (WINDOWS, "Scripts/pip.exe", "Lib/site-packages"),
    ],
    ids=SYSTEMS,
)
def test_environment(
    here: System, program: str, packages: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs and packages of an environment are where that system's Python puts them."""
    (tmp_path / packages).mkdir(parents=True)
    assert here.executable(tmp_path, "pip") == tmp_path / program
    assert here.packages(tmp_path) == tmp_path / packages
    monkeypatch.setattr(system, "HERE", here)
    assert environments.program("uv", "pip", tmp_path) == tmp_path / ".envs" / "uv" / program


@pytest.mark.parametrize(
    ("here", "place", "expected"),
    [
        (LINUX, "~/.config/pip/pip.conf", "home/.config/pip/pip.conf"),
        (LINUX, "src/a.py", "home/project/src/a.py"),
        (MACOS, "~/Library/Application Support/a", "home/Library/Application Support/a"),
        (WINDOWS, r"%USERPROFILE%\.netrc", "home/.netrc"),
        (WINDOWS, r"%APPDATA%\pip\pip.ini", "home/AppData/Roaming/pip/pip.ini"),
        (WINDOWS, r"%LOCALAPPDATA%\a", "home/AppData/Local/a"),
        (WINDOWS, r"src\a.py", "home/project/src/a.py"),
        (WINDOWS, "~/hello-uv/a.py", "home/hello-uv/a.py"),
    ],
)
def test_place(here: System, place: str, expected: str) -> None:
    """A place in case.toml is resolved to a path in the reader's home or project folder."""
    assert here.placed(place, Path("home"), Path("home/project")) == Path(expected)


def test_no_place_is_left_unresolved() -> None:
    """Every place of every case is in the reader's home on every system, and contains no other variable."""
    for case in CASES:
        for places in case.place.values():
            for here in (one for one in (LINUX, MACOS, WINDOWS) if one.name in places):
                found = here.placed(places[here.name], Path("home"), Path("home/project"))
                assert found.parts[0] == "home", (case.name, found)
                assert not {"%", "~", "\\"} & set(str(found)), (case.name, found)


def test_home_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each variable for a folder of the user names one of the run, and only four of the machine's remain."""
    monkeypatch.setenv("SYSTEMROOT", r"C:\Windows")
    monkeypatch.setenv("APPDATA", r"D:\a")
    found = WINDOWS.home_variables(Path("/run/home"), Path("/run/tmp"))
    assert found.pop("SYSTEMROOT") == r"C:\Windows"
    assert all(value.startswith("/run/") for value in found.values())
    assert found["APPDATA"] == found["WIN_PD_OVERRIDE_APPDATA"] == str(Path("/run/home/AppData/Roaming"))
    assert MACOS.home_variables(Path("h"), Path("t")) == {"HOME": "h", "TMPDIR": "t"}


def test_other_systems_own_folders_are_overridden_by_a_documented_name() -> None:
    """pip and Poetry read the variable that the runner sets for the folders of Windows."""
    for client in ("pip", "poetry"):
        folder = LINUX.packages(ROOT / ".envs" / client)
        (reader,) = [
            *folder.glob("platformdirs/windows.py"),
            *folder.glob("pip/_vendor/platformdirs/windows.py"),
        ]
        assert 'f"WIN_PD_OVERRIDE_{csidl_name.removeprefix(' in reader.read_text(encoding="utf-8")


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Provide a folder laid out like Git for Windows, with its git first on PATH."""
    folder = tmp_path / "Git"
    for name in ("cmd/git", "usr/bin/bash.exe"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).symlink_to("/bin/bash")
    (tmp_path / "Windows").mkdir()
    (tmp_path / "Windows" / "System32").symlink_to("/usr/bin")
    monkeypatch.setenv("SYSTEMROOT", str(tmp_path / "Windows"))
    monkeypatch.setenv("PATH", str(folder / "cmd"))
    return folder


@pytest.mark.parametrize("place", ["cmd", "mingw64/bin"])
def test_bash_on_windows_is_that_of_git(git: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Bash is the one that belongs to git, wherever Git keeps it, and is before Windows programs on PATH."""
    (git / place).mkdir(parents=True, exist_ok=True)
    (git / "cmd" / "git").rename(git / place / "git")
    monkeypatch.setenv("PATH", str(git / place))
    assert machine.bash("windows") == str(git / "usr" / "bin" / "bash.exe")
    assert [Path(one).name for one in host.WINDOWS.path()[1:]] == ["bin", "System32"]
    assert machine.bash("linux") == "bash"


@pytest.mark.parametrize(
    "text",
    [
        r"at D:\a\home\project\a.toml: no",
        "at D:/a/home/project/a.toml: no",
        "at /d/a/home/project/a.toml: no",
        r"at D:\\a\\home\\project\\a.toml: no",
    ],
)
def test_output_on_windows(text: str) -> None:
    """A path below home looks the same on a page, however a program of Windows or Git Bash writes it."""
    home = PureWindowsPath(r"D:\a\home")
    assert normalise.normalised(text, home, PureWindowsPath(r"C:\t")) == "at /home/az/project/a.toml: no"
    assert normalise.normalised(r"at C:\other\a", home, PureWindowsPath(r"C:\t")) == r"at C:\other\a"


class _Host(Host):
    """Windows, except for the way to end a process, which is this machine's."""

    alone, end = (lambda _: host.LINUX.alone()), (lambda _, process: host.LINUX.end(process))


@pytest.mark.parametrize("name", ["pip/install-env", "twine/publish-pypirc", "uv/install-env"])
def test_a_case_runs_the_way_of_windows(
    name: str, harness: run.Harness, git: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With copies, Git's bash, and the places and variables of Windows, a case behaves as on Linux."""
    here = System(**dataclasses.asdict(LINUX) | {"name": "windows", "place": "windows"})
    monkeypatch.setattr(system, "HERE", here)
    monkeypatch.setattr(host, "HERE", _Host("windows"))
    monkeypatch.setattr(harness, "system", here)
    if harness.wall.stands:
        monkeypatch.setenv("PATH", f"{git / 'cmd'}:/usr/bin:/bin")  # the wall needs nsenter, not the case
        harness.wall.share(git)
    case = load(ROOT / "snippets" / name)
    assert compare(run.observe(harness, [case], tmp_path / "run"), case) == []
