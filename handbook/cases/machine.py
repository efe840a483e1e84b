"""The machine that runs the cases: its system, Python, Wine and bash. Standard library only."""

from __future__ import annotations

import functools
import os
import platform
import re
import shutil
import sys
from pathlib import Path

SYSTEMS = ("linux", "macos", "windows")  # as a `place` in case.toml and a proof name them
HERE = {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")
WINE_NAME = "wine"  # a further system that a proof can name: the Windows clients, on Linux
WINDOWS_PREFIX = ".envs/wine/prefix"  # Wine's prefix, with Python and the Windows clients
WINDOWS_PYTHON = f"{WINDOWS_PREFIX}/drive_c/python/handbook.txt"  # names its version and its supplier
# What a `place` in case.toml can begin with -> the folder below the reader's home.
FOLDERS = {
    "~": "",
    "%USERPROFILE%": "",
    "%APPDATA%": "AppData/Roaming",
    "%LOCALAPPDATA%": "AppData/Local",
}
WINDOWS = "HANDBOOK_WINDOWS"  # required: publish nothing without the Windows clients; off: do not run them
WALL = "HANDBOOK_WALL"  # off: run the clients without a wall


class MissingError(Exception):
    """A program or feature that this machine lacks and needs; the message is one line with the cure."""


@functools.cache
def system() -> str:
    """Return the system as a proof names it, such as "Debian GNU/Linux 12"."""
    if sys.platform == "linux":
        release = platform.freedesktop_os_release()
        return f"{release['NAME']} {release.get('VERSION_ID', '')}".rstrip()
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}"
    return f"{platform.system()} {platform.release()}"


def below_home(place: str) -> str:
    """Return a Windows path as a path below the home, such as ~/AppData/Roaming/pip/pip.ini."""
    first, _, rest = place.partition("\\")
    if first not in FOLDERS:
        return place
    return "/".join(part for part in ("~", FOLDERS[first], rest.replace("\\", "/")) if part)


@functools.cache
def wine() -> str:
    """Return the version of Wine, such as "8.0", or "" if it is not installed."""
    import subprocess

    try:
        done = subprocess.run(["wine", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    found = re.match(r"wine-(\d+(?:\.\d+)*)", done.stdout)
    return found[1] if found else ""


def windows_python(root: Path) -> str:
    """Return the Python for Windows as a proof names it, or "" if none is set up."""
    file = root / WINDOWS_PYTHON
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


def windows_required() -> bool:
    """Return whether the proofs of the Windows clients are required."""
    return os.environ.get(WINDOWS) == "required"


def python() -> str:
    """Return the Python version as a proof names it, such as "3.11"."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def walled() -> bool:
    """Return whether the clients run behind a wall on this machine."""
    return sys.platform == "linux" and os.environ.get(WALL) != "off"


def bash(system: str = HERE) -> str:
    """Return the bash that runs the cases; on Windows this is Git's, never WSL's in System32."""
    if system != "windows":
        return "bash"
    git = shutil.which("git")
    for folder in Path(git).parents if git else ():
        if (found := folder / "usr" / "bin" / "bash.exe").is_file():
            return str(found)
    raise MissingError("bash: Git for Windows is not installed: install it, with git on PATH")


@functools.cache
def bash_version() -> str:
    """Return the version of the bash that runs the cases, such as "5.2"; no lock file pins it."""
    import subprocess

    text = subprocess.run([bash(), "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"version (\d+\.\d+)", text)[1]
