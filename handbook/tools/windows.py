"""Set up `.envs/wine`: Wine with CPython and the clients for Windows: `python -m handbook.tools.windows`.

Everything is downloaded on the Linux side, and each file's digest is checked. Programs that Wine starts are
behind the wall, so none of them ever has network access.
"""

from __future__ import annotations

import filecmp
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from functools import cached_property
from pathlib import Path

from handbook.cases import machine
from handbook.cases.clients import CLIENTS as ROWS
from handbook.runner import wine
from handbook.runner.wall import Wall, WallError
from handbook.tools import environments
from handbook.tools.environments import ROOT, SetupError
from handbook.tools.windows_files import (
    PINS,
    SOURCES,
    Fetcher,
    check_signatures,
    copy,
    requirements,
    unpack,
)

OTHER_PYTHON = "WINDOWS_PYTHON"  # a folder with another CPython 3.11 for Windows
MADE_FROM = ("windows.toml", "windows.reg")
PROGRAMS = ("windows.toml", "launcher.s", "agent.py")
CLIENTS = (
    "uv",
    *(name for name, row in ROWS.items() if row.windows and name != "uv"),
)  # uv installs the others
TOOLS = ("x86_64-w64-mingw32-dlltool", "x86_64-w64-mingw32-as", "x86_64-w64-mingw32-ld", "osslsigncode")


def missing() -> str:
    """Return what this machine lacks in one line with the cure, or "" if the Windows clients can run."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "make windows: needs Linux on x86-64"
    cure = f"apt-get install --no-install-recommends {PINS['wine']['packages']} (on Debian and Ubuntu)"
    version = machine.wine()
    if not version:
        return f"make windows: Wine is not installed: {cure}"
    if int(version.partition(".")[0]) < PINS["wine"]["oldest"]:
        return f"make windows: Wine {version} is too old: install Wine {PINS['wine']['oldest']} or newer"
    if lacking := [name for name in ("wineserver", *TOOLS) if not shutil.which(name)]:
        return f"make windows: {lacking[0]} is not installed: {cure}"
    if not machine.walled():
        return "make windows: runs nothing without the wall: unset HANDBOOK_WALL"
    return ""


def wrong_python() -> str:
    """Return in one line why WINDOWS_PYTHON names no usable Python, or "" if it does or is not set."""
    other = os.environ.get(OTHER_PYTHON)
    if other and not all((Path(other) / name).is_file() for name in ("python.exe", "python311.dll")):
        return f"{OTHER_PYTHON}={other}: has no CPython 3.11 for Windows: name the folder of its python.exe"
    return ""


def digest(*parts: str | bytes) -> str:
    """Return the SHA-256 (hex) of some texts, in order."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update((part.encode() if isinstance(part, str) else part) + b"\0")
    return whole.hexdigest()


class Windows:
    """The parts of `.envs/wine`: what they are made from, and how."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.prefix = root / wine.PREFIX
        self.drive = self.prefix / "drive_c"

    @cached_property
    def stamp(self) -> str:
        """The digest of everything that Wine and Python are made from, without the clients."""
        return digest(machine.wine(), wine.login(), os.environ.get(OTHER_PYTHON, ""), *self._read(MADE_FROM))

    @cached_property
    def program_stamp(self) -> str:
        """The digest of the project's own programs for Windows."""
        return digest(self.stamp, *self._read(PROGRAMS))

    def _read(self, names: tuple[str, ...]) -> list[bytes]:
        return [(SOURCES / name).read_bytes() for name in names]

    def client_stamp(self, client: str) -> str:
        """Return the digest of everything that one client is made from."""
        return digest(self.stamp, (self.root / "locks" / f"{client}.txt").read_bytes())

    def made(self, name: str, stamp: str) -> bool:
        """Return whether a part was completed from the sources that `stamp` identifies."""
        file = self.root / ".envs" / "wine" / f"{name}.stamp"
        return file.is_file() and file.read_text(encoding="utf-8") == stamp

    def mark(self, name: str, stamp: str) -> None:
        """Record that a part is complete."""
        (self.root / ".envs" / "wine" / f"{name}.stamp").write_text(stamp, encoding="utf-8")

    def ensure(self) -> None:
        """Create what is missing or outdated, or raise SetupError with the cause in one line."""
        if why := missing() or wrong_python():
            raise SetupError(why)
        due = [client for client in CLIENTS if not self.made(client, self.client_stamp(client))]
        if self.made("wine", self.stamp) and self.made("programs", self.program_stamp) and not due:
            return
        with environments.alone(self.root), wine.on_one_core():
            try:
                self._make(due)
            except (WallError, wine.WineError) as error:
                raise SetupError(str(error)) from None

    def _make(self, clients: list[str]) -> None:
        fetch = Fetcher()
        wall = Wall()
        try:
            if not self.made("wine", self.stamp):
                say("Wine and Python for Windows (handbook/runner/windows.toml)")
                clients = list(CLIENTS)
                shutil.rmtree(self.root / ".envs" / "wine", ignore_errors=True)
                self.drive.mkdir(parents=True)
                self._make_wine(wall)
                self._put_python(fetch)
            session = wine.Session(wall, self.prefix, wine.variables(self.prefix))
            if not self.made("programs", self.program_stamp):
                self._put_programs(session)
                self.mark("programs", self.program_stamp)
            if not clients:
                return
            session.begin()
            try:
                if not self.made("wine", self.stamp):
                    self._call(session, "python", "C:\\python\\python.exe -m compileall -q C:\\python\\Lib")
                    self.mark("wine", self.stamp)
                for client in clients:
                    say(f"{client} for Windows (locks/{client}.txt)")
                    self._install(session, client, fetch)
                    self.mark(client, self.client_stamp(client))
            finally:
                session.end()
        finally:
            wall.close()
            wall.listening.close()
            shutil.rmtree(self.drive / "wheels", ignore_errors=True)

    def _make_wine(self, wall: Wall) -> None:
        """Let Wine install itself; replace the libraries that it merely copies by links."""
        environment = wine.variables(self.prefix)
        settings = self.drive / "handbook.reg"
        for command in (["wine", "wineboot", "-i"], ["wine", "regedit", "/S", r"C:\handbook.reg"]):
            shutil.copyfile(SOURCES / "windows.reg", settings)
            done = wine.run(wall, self.prefix, environment, *command)
            wine.run(wall, self.prefix, environment, "wineserver", "-w")
            if done.returncode or not (self.drive / "windows" / "system32" / "kernel32.dll").exists():
                raise SetupError(f"Wine: cannot install itself: {done.stdout.strip().splitlines()[-1:]}")
        settings.unlink()
        wine.make_drives(self.prefix)
        shutil.rmtree(self.drive / "windows" / "syswow64", ignore_errors=True)
        links = 0
        for original in Path("/").glob("usr/lib*/**/wine/x86_64-windows"):
            links += link_copies(self.drive, original)
        if links == 0:
            say("Wine's libraries are not where this knows them: they stay copies, 700 MB")

    def _put_python(self, fetch: Fetcher) -> None:
        folder = self.drive / "python"
        if other := os.environ.get(OTHER_PYTHON):
            copy(Path(other), folder)
            library = (folder / "python311.dll").read_bytes()
            named = f"3.11 of {OTHER_PYTHON}, python311.dll {hashlib.sha256(library).hexdigest()[:16]}"
        else:
            unpack(fetch.sdist(), folder)
            named = PINS["python"]["python"]
        (self.root / machine.WINDOWS_PYTHON).write_text(f"{named}\n", encoding="utf-8")
        check_signatures(folder)

    def _put_programs(self, session: wine.Session) -> None:
        """Build the launcher and replacements for missing libraries; copy them and the agent into place."""
        target = self.drive / "handbook"
        target.mkdir(exist_ok=True)
        session.folder.mkdir(exist_ok=True)
        (wine.home(self.prefix) / "AppData" / "Local" / "Temp").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SOURCES / "agent.py", target / "agent.py")
        build(SOURCES, target, self.drive / "windows" / "system32")

    def _install(self, session: wine.Session, client: str, fetch: Fetcher) -> None:
        """Install a client from its lock file, under Wine, from a folder of downloaded wheels."""
        wheels = self.drive / "wheels"
        place = wine.folder_of(self.root, client)
        for folder in (wheels, place):
            shutil.rmtree(folder, ignore_errors=True)
        wheels.mkdir()
        lock = self.root / "locks" / f"{client}.txt"
        needed = requirements(lock, PINS["left-out"].get(client, []))
        for requirement, _, hashes in needed:
            name, content = fetch.wheel(requirement, hashes)
            (wheels / name).write_bytes(content)
        (wheels / "lock.txt").write_text("".join(f"{line}\n" for _, line, _ in needed), encoding="utf-8")
        uv = r"C:\clients\uv\Scripts\uv.exe"
        if client == "uv":
            uv = r"C:\wheels\uv.exe"
            bring_uv(wheels)
        there = wine.inside(self.prefix, place)
        quiet = "--no-cache --no-config --offline --quiet"
        self._call(session, client, f"{uv} venv {quiet} --python C:\\python\\python.exe {there}")
        options = r"--no-index --find-links C:\wheels --require-hashes --compile-bytecode --link-mode copy"
        self._call(
            session,
            client,
            f"{uv} pip install {quiet} --python {there} {options} -r C:\\wheels\\lock.txt",
        )
        shutil.rmtree(wheels)

    def _call(self, session: wine.Session, name: str, command: str) -> None:
        done = wine.run(session.wall, self.prefix, session.environment, "wine", *command.split())
        if done.returncode:
            lines = [line.strip() for line in done.stdout.splitlines() if line.strip()] or ["no output"]
            raise SetupError(f"cannot set up {name} for Windows: {'; '.join(lines[:2])}: rm -r .envs/wine")


def say(what: str) -> None:
    """Report what is being set up."""
    print(f"setting up {what}…", file=sys.stderr, flush=True)


def link_copies(folder: Path, original: Path) -> int:
    """Replace files that equal those of another folder by links to them; return how many were replaced."""
    found = 0
    for path in [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]:
        source = original / path.name
        if source.is_file() and filecmp.cmp(path, source, shallow=False):
            path.unlink()
            path.symlink_to(source)
            found += 1
    return found


def build(sources: Path, target: Path, system: Path) -> None:
    """Build the launcher, and the libraries that Wine lacks, with the GNU tools for Windows."""
    work = target / "build"
    work.mkdir(exist_ok=True)
    for library, exports in PINS["exports"].items():
        lines = [f"LIBRARY {library}", "EXPORTS", *exports, ""]
        (work / "a.def").write_text("\n".join(lines), encoding="utf-8")
        tool(work, "dlltool", "-d", "a.def", "-e", "a.exp", "-l", "a.lib")
        if library == "kernel32.dll":
            tool(work, "as", "-o", "a.o", str(sources / "launcher.s"))
            link = ["-s", "--no-insert-timestamp", "--subsystem", "console", "-e", "start"]
            tool(work, "ld", *link, "-o", str(target / "launcher.exe"), "a.o", "a.lib")
        elif not (system / library).exists():
            link = ["--dll", "-s", "--no-insert-timestamp", "-e", "0"]
            tool(work, "ld", *link, "-o", str(system / library), "a.exp")
    shutil.rmtree(work)


def tool(folder: Path, name: str, *arguments: str) -> None:
    """Run one of the GNU tools for Windows."""
    command = [f"x86_64-w64-mingw32-{name}", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetupError(f"{command[0]}: {done.stderr.strip().splitlines()[-1]}: install it anew")


def bring_uv(wheels: Path) -> None:
    """Extract uv.exe from its wheel; it installs itself and all others."""
    (wheel,) = wheels.glob("uv-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/scripts/uv.exe"))
        (wheels / "uv.exe").write_bytes(archive.read(name))


def main(arguments: list[str]) -> int:
    """Create what is missing; with `check`, only print what this machine lacks. Exit status 2: failure."""
    if arguments == ["check"]:
        print(missing(), end="\n" if missing() else "")
        return 2 if missing() else 0
    try:
        Windows().ensure()
    except SetupError as error:
        print(f"handbook: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
