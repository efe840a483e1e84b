"""The clients: where each is, which version it is, and the variables that the harness gives it.

The variables make a client trust the relay and keep quiet. The table is printed on the page *How
this handbook is checked*; nothing else is in a client's environment but PATH and the variables of
home that `checks.system` names.
"""

from __future__ import annotations

import functools
import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from checks import system as systems
from checks.environments import CLIENTS as PYTHON_CLIENTS


class ClientError(Exception):
    """A client that cannot be run; the message names it and the cure."""


@dataclass(frozen=True)
class Variable:
    """One variable of the harness; `{relay}` and `{certificate}` in its value differ in each run."""

    name: str
    value: str
    clients: tuple[str, ...]
    why: str
    systems: tuple[str, ...] = ("linux", "macos", "windows", "wine")


HARNESS = [
    Variable("HTTPS_PROXY", "{relay}", (*PYTHON_CLIENTS, "keyring"), "sends every request to the relay"),
    Variable("HTTP_PROXY", "{relay}", PYTHON_CLIENTS, "the same for plain http, which the relay refuses"),
    Variable("PIP_CERT", "{certificate}", ("pip",), "makes pip trust the relay's throw-away authority"),
    Variable(
        "SSL_CERT_FILE", "{certificate}", ("uv", "keyring"), "the same for uv and the credential provider"
    ),
    Variable(
        "REQUESTS_CA_BUNDLE",
        "{certificate}",
        ("poetry", "twine", "keyring"),
        "the same for Poetry, twine, keyring",
    ),
    Variable("PIP_DISABLE_PIP_VERSION_CHECK", "1", ("pip",), "stops a question to PyPI about pip itself"),
    Variable("UV_PYTHON_DOWNLOADS", "never", ("uv",), "uses the Python that is there"),
    Variable(
        "PYTHON_KEYRING_BACKEND",
        "keyring.backends.null.Keyring",
        ("poetry", "twine"),
        "keeps the keyring of the machine out of the run",
        ("linux", "macos"),
    ),
    Variable("VIRTUALENV_NO_PIP", "1", ("poetry",), "makes Poetry's environments without a pip of their own"),
    Variable("NO_COLOR", "1", PYTHON_CLIENTS, "leaves colours out of the output"),
    Variable("TERM", "dumb", PYTHON_CLIENTS, "says that there is no terminal"),
    Variable(
        "PYTHONIOENCODING",
        "utf-8",
        (*PYTHON_CLIENTS, "keyring"),
        "makes the output's characters those of the other systems, and nothing else",
        ("windows", "wine"),
    ),
    Variable("LANG", "C.UTF-8", (*PYTHON_CLIENTS, "bash"), "makes every system print the same characters"),
]


def harness_variables(clients: list[str], relay: str, certificate: str, system: str) -> dict[str, str]:
    """Return the harness's variables for one run of one or more clients on a reader's system."""
    values = {"{relay}": relay, "{certificate}": certificate}
    return {
        variable.name: values.get(variable.value, variable.value)
        for variable in HARNESS
        if set(clients) & set(variable.clients) and system in variable.systems
    }


def environment(root: Path, client: str) -> Path:
    """Return the folder of a client's environment, or raise ClientError."""
    folder = root / ".envs" / client
    if not systems.HERE.executable(folder, client).exists():
        raise ClientError(f".envs/{client}: {client} is not installed: run `make setup`")
    return folder


@functools.cache
def version(root: Path, client: str) -> str:
    """Return the version of a client as it is installed."""
    if client == "bash":
        import subprocess

        text = subprocess.run(
            [systems.HERE.bash(), "--version"], capture_output=True, text=True, check=True
        ).stdout
        return re.search(r"version (\d+\.\d+)", text)[1]
    found = sorted(environment(root, client).glob(f"{systems.HERE.libraries}/{client}-*.dist-info"))
    if not found:
        raise ClientError(f".envs/{client}: {client} is not installed: run `make setup`")
    return found[0].name.removesuffix(".dist-info").partition("-")[2]


@functools.cache
def system() -> str:
    """Return the system that a proof names, such as "Debian GNU/Linux 12"."""
    if sys.platform == "linux":
        release = platform.freedesktop_os_release()
        return f"{release['NAME']} {release.get('VERSION_ID', '')}".rstrip()
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}"
    return f"{platform.system()} {platform.release()}"


def python() -> str:
    """Return the Python that a proof names, such as "3.11"."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def put_on_path(root: Path, clients: list[str], folder: Path) -> None:
    """Fill `folder` with the programs that a reader has: the clients and the system's Python."""
    folder.mkdir(parents=True)
    here = systems.HERE
    if not here.windows:  # there Python runs only from its own folder, which `System.path` has
        base = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
        for name in ("python3", "python"):
            here.put(base, folder / name)
    for client in clients:
        if client not in ("bash", "pip"):
            here.put(here.executable(environment(root, client), client), folder / f"{client}{here.suffix}")


def make_reader_environment(root: Path, folder: Path) -> Path:
    """Make the virtual environment in which a reader of a pip page works; return its folder of programs.

    It holds the pinned pip, put there from `.envs/pip`, so that it costs no install.
    """
    import venv

    from pip._vendor.distlib.scripts import ScriptMaker

    here = systems.HERE
    source = here.packages(environment(root, "pip"))
    venv.EnvBuilder(symlinks=not here.windows, with_pip=False).create(folder)
    for path in source.glob("pip*"):
        here.put(path, here.packages(folder) / path.name)
    maker = ScriptMaker(None, str(folder / here.scripts))  # as installers make it; on Windows an .exe
    maker.executable, maker.variants = str(here.executable(folder, "python")), {""}
    maker.make("pip = pip._internal.cli.main:cli")
    return folder / here.scripts
