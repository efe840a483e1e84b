"""A Windows reader's computer under Wine: each run has its own registry and home, behind the wall.

Windows and its programs are linked from `.envs/wine/prefix`, which `handbook.tools.windows` creates.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from handbook.cases import machine
from handbook.cases.clients import CLIENTS
from handbook.runner import agent
from handbook.runner.wall import Wall

PREFIX = machine.WINDOWS_PREFIX
SHARED = ("windows", "python", "clients", "handbook", "Program Files", "Program Files (x86)")  # on drive C
REGISTRY = ("system.reg", "user.reg", "userdef.reg", ".update-timestamp")
LAUNCHER = r"C:\handbook\launcher.exe"
PATH = (r"C:\environment\Scripts", r"C:\bin", r"C:\python")
# What a client says if Wine fails to create a process: 1359 is ERROR_INTERNAL_ERROR of Windows, Wine's word
# for a process that ended before it began. uv and launchers said so three times in the first four runs of all
# cases (November 2026). The last is what our own launcher says (launcher.s).
NOT_STARTED = re.compile(
    r"\(os error 1359\)|\[WinError 1359\]|^Unable to create process using"
    r"|^launcher: Wine did not start the program",
    re.M,
)
SILENT = "its first program did not answer: run `make windows` again, or `rm -r .envs/wine` before it"
SECONDS = 120  # the time limit for Wine to start or to end
LEAVING = 5  # how long the first program may take to leave after its server has ended


class WineError(Exception):
    """Wine does not do what a run needs; the message is one line with the cure."""


class SilentError(WineError):
    """Wine's first program did not answer in time, or ended first."""


@contextlib.contextmanager
def on_one_core(number: int = 0) -> Iterator[None]:
    """Keep this process, and all that it starts, on one of its cores while the block runs.

    A program asks Wine's server at each step, and to wake another core takes longer than the answer: Python
    with a few modules started in 0.3 s instead of 1.0 (two cores, November 2026). number: which of several
    such processes this is.
    """
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(cores)[number % len(cores)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def login() -> str:
    """Return the name that Wine gives the user and the user's folder."""
    import pwd  # does not exist on Windows

    return pwd.getpwuid(os.getuid()).pw_name


def home(prefix: Path) -> Path:
    """Return the user's folder, %USERPROFILE%."""
    return prefix / "drive_c" / "users" / login()


def inside(prefix: Path, path: Path) -> str:
    """Return the Windows path of a file on drive C."""
    return "C:\\" + str(path.relative_to(prefix / "drive_c")).replace("/", "\\")


def variables(prefix: Path) -> dict[str, str]:
    """Return the variables that Wine itself needs; those of Windows are in its registry."""
    return {
        "HOME": str(home(prefix)),  # for bash; Wine does not pass it to Windows programs
        "WINEPREFIX": str(prefix),
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=",
        "WINEPATH": ";".join(PATH),
        "LANG": "C.UTF-8",  # the encoding of file names
    }


def make_prefix(root: Path, prefix: Path) -> None:
    """Create a computer that its reader has not used yet: an empty home, a fresh registry."""
    template, drive = root / PREFIX, prefix / "drive_c"
    for folder in ("AppData/Roaming", "AppData/Local/Temp", "AppData/LocalLow"):
        (home(prefix) / folder).mkdir(parents=True)
    for folder in ("ProgramData", "users/Public", "bin", agent.FOLDER):
        (drive / folder).mkdir(parents=True)
    for name in SHARED:
        (drive / name).symlink_to(template / "drive_c" / name)
    make_drives(prefix)
    for name in REGISTRY:
        shutil.copyfile(template / name, prefix / name)


def make_drives(prefix: Path) -> None:
    """Define drive C, and Z for everything outside it; no device of the machine."""
    folder = prefix / "dosdevices"
    folder.mkdir(exist_ok=True)
    for name in folder.iterdir():
        name.unlink()
    (folder / "c:").symlink_to("../drive_c")
    (folder / "z:").symlink_to("/")


def put_on_path(root: Path, programs: list[str], prefix: Path, folder: Path) -> None:
    """Link the reader's programs into `folder`, for bash, and into drive C's `bin`, for Windows."""
    folder.mkdir()
    wrapper = folder.parent / "wrapper.sh"
    shutil.copyfile(Path(__file__).with_name("wrapper.sh"), wrapper)
    wrapper.chmod(0o755)
    commands = {name: client for client in programs for name in CLIENTS[client].programs}
    for name in {*commands, "python"}:
        (folder / name).symlink_to(wrapper)
    for name, client in commands.items():
        if client != "pip":  # pip is in the reader's own environment
            source = folder_of(root, client) / "Scripts" / f"{name}.exe"
            (prefix / "drive_c" / "bin" / source.name).symlink_to(source)


def make_reader_environment(root: Path, prefix: Path) -> Path:
    """Create the virtual environment in which a pip page's reader works; return its folder."""
    source, target = root / PREFIX / "drive_c" / "environment", prefix / "drive_c" / "environment"
    packages = target / "Lib" / "site-packages"
    packages.mkdir(parents=True)
    shutil.copyfile(source / "pyvenv.cfg", target / "pyvenv.cfg")
    shutil.copytree(source / "Scripts", target / "Scripts")
    for path in (source / "Lib" / "site-packages").glob("pip*"):
        (packages / path.name).symlink_to(path)
    return target


def run(wall: Wall, prefix: Path, environment: dict[str, str], *command: str) -> subprocess.CompletedProcess:
    """Run a program behind the wall; return its status and what it printed on stdout and stderr."""
    return subprocess.run(
        wall.inside(list(command), prefix),
        cwd=prefix,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )


def end_programs(prefix: Path) -> None:
    """End all programs of a prefix that run outside the wall, including those that they are starting."""
    mark = os.fsencode(f"WINEPREFIX={prefix}") + b"\0"
    while found := [one for one in Path("/proc").glob("[0-9]*") if mark in _variables_of(one)]:
        for process in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process.name), signal.SIGKILL)
        time.sleep(0.01)


def _variables_of(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:  # another user's, or it has ended
        return b""


def folder_of(root: Path, client: str) -> Path:
    """Return the folder of a client's environment; pip is in the reader's own."""
    drive = root / PREFIX / "drive_c"
    return drive / ("environment" if client == "pip" else f"clients/{client}")


def client_version(root: Path, client: str) -> str:
    """Return the installed version of a client for Windows, or "" if it is not installed."""
    found = sorted(folder_of(root, client).glob(f"Lib/site-packages/{client.replace('-', '_')}-*.dist-info"))
    return found[0].name.removesuffix(".dist-info").partition("-")[2] if found else ""


class Session:
    """Wine's server for one prefix, from before its first program until after its last.

    Wine's sockets belong to its server, so it must start behind the wall; the session checks that it did.
    """

    def __init__(self, wall: Wall, prefix: Path, environment: dict[str, str]) -> None:
        self.wall, self.prefix, self.environment = wall, prefix, environment
        self.folder = prefix / "drive_c" / agent.FOLDER
        self.stores: list[dict[str, str]] = []
        self.fault = ""
        self.behind = False  # whether the server runs behind the wall

    def begin(self) -> None:
        """Start the server together with the agent, or raise WineError."""
        for name in (agent.READY, agent.STORES):
            (self.folder / name).unlink(missing_ok=True)
        with socket.create_server(("127.0.0.1", 0)) as outside:
            port = str(outside.getsockname()[1])
            command = ["wine", r"C:\python\python.exe", "-I", "-S", r"C:\handbook\agent.py", port]
            self.agent = subprocess.Popen(
                self.wall.inside(command, self.prefix),
                cwd=self.prefix,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,  # Wine's services inherit it, and would keep a pipe open
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            said = self._wait(agent.READY)
        self.behind = said == agent.BEHIND
        if not self.behind:
            self.end()
            if not said:
                raise SilentError(f"Wine: {SILENT}")
            raise WineError("Wine: its server runs outside the wall: end it (`wineserver -k`), and try again")

    def end(self) -> None:
        """Read what is stored, then end the server, which ends all other programs and saves the registry."""
        with self.agent.stdin:
            pass
        said = self._wait(agent.STORES)
        found = json.loads(said) if said else {"fault": SILENT}
        self.stores, self.fault = found.get("credentials", []), found.get("fault", "")
        # SIGTERM saves the registry and ends the server; with only `-k`, its end is noticed half a second
        # later. It leaves the other programs to the wall; outside it, the server ends them after `-k`. But if
        # that takes more than half a second, `-k` kills it, and its programs wait for each other for ever.
        run(self.wall, self.prefix, self.environment, "wineserver", "-k15" if self.behind else "-k")
        run(self.wall, self.prefix, self.environment, "wineserver", "-w")
        # Killed at once, it would leave a dead child to the machine's first process, which may take a second
        # to notice; until then the wall is not empty.
        try:
            self.agent.wait(LEAVING)
        except subprocess.TimeoutExpired:
            self.agent.kill()
            self.agent.wait()
        if not self.behind:
            end_programs(self.prefix)

    def _wait(self, name: str) -> str:
        """Return what the agent has written to a file, or "" if it ended first or the time is up."""
        deadline, file = time.monotonic() + SECONDS, self.folder / name
        while time.monotonic() < deadline:
            ended = self.agent.poll() is not None
            if file.is_file() and (said := file.read_text(encoding="utf-8")):
                return said
            if ended:
                break
            time.sleep(0.005)
        return ""
