"""Find each client and its installed version, and set up the programs and variables of a run."""

from __future__ import annotations

import functools
import re
import sys
from pathlib import Path

from handbook.cases import machine
from handbook.cases.clients import CLIENTS, VARIABLES, ClientError
from handbook.runner import host as hosts
from handbook.runner import system as systems


def harness_variables(
    clients: list[str], relay: str, certificate: str, system: str = machine.HERE
) -> dict[str, str]:
    """Return the variables that the harness sets for a run of these clients on a reader's system."""
    values = {"{relay}": relay, "{certificate}": certificate}
    return {
        variable.name: values.get(variable.value, variable.value)
        for variable in VARIABLES
        if set(clients) & set(variable.clients) and system in variable.systems
    }


def environment(root: Path, client: str) -> Path:
    """Return the folder of a client's environment, or raise ClientError."""
    folder = root / ".envs" / CLIENTS[client].lock
    if not systems.HERE.executable(folder, CLIENTS[client].programs[0]).exists():
        raise ClientError(f".envs/{client}: {client} is not installed: run `make setup`")
    return folder


@functools.cache
def version(root: Path, client: str) -> str:
    """Return the installed version of a client."""
    if not CLIENTS[client].lock:
        return machine.bash_version()
    found = sorted(
        environment(root, client).glob(f"{systems.HERE.libraries}/{client.replace('-', '_')}-*.dist-info")
    )
    if not found:
        raise ClientError(f".envs/{client}: {client} is not installed: run `make setup`")
    return found[0].name.removesuffix(".dist-info").partition("-")[2]


def put_on_path(root: Path, clients: list[str], folder: Path) -> None:
    """Fill `folder` with the programs that a reader has: the clients and the system's Python."""
    folder.mkdir(parents=True)
    here, host = systems.HERE, hosts.HERE
    if not here.windows:  # on Windows, Python runs only from its own folder, which `Host.path` includes
        base = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
        for name in ("python3", "python"):
            host.put(base, folder / name)
    for client in clients:
        if not CLIENTS[client].lock or client == "pip":  # pip is in the reader's own environment
            continue
        for name in CLIENTS[client].programs:
            host.put(here.executable(environment(root, client), name), folder / f"{name}{here.suffix}")


# The Azure CLI commands that the cases use, and all that this model of it supports; the token is in a file
# beside it.
AZ = """#!/bin/sh
case "$*" in
"login --identity --allow-no-subscriptions --output none") ;;
"account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798 --query accessToken --output tsv")
    cat "${0%/*}/../identity" ;;
*)
    echo "az: this stand-in does not know: $*" >&2
    exit 2 ;;
esac
"""


def put_az(folder: Path, token: str) -> None:
    """Put a model of the Azure CLI into a folder of programs; its user is signed in with this token."""
    (folder.parent / "identity").write_text(f"{token}\n", encoding="utf-8")
    (folder / "az").write_text(AZ, encoding="utf-8", newline="\n")
    (folder / "az").chmod(0o755)


def make_reader_environment(root: Path, folder: Path) -> Path:
    """Create the virtual environment in which a pip page's reader works; return its scripts folder.

    It contains the pinned pip, linked from `.envs/pip`, so that nothing needs to be installed.
    """
    import venv

    from pip._vendor.distlib.scripts import ScriptMaker

    here = systems.HERE
    source = here.packages(environment(root, "pip"))
    venv.EnvBuilder(symlinks=not here.windows, with_pip=False).create(folder)
    for path in source.glob("pip*"):
        hosts.HERE.put(path, here.packages(folder) / path.name)
    maker = ScriptMaker(None, str(folder / here.scripts))  # as installers create it; on Windows it is an .exe
    maker.executable, maker.variants = str(here.executable(folder, "python")), {""}
    [points] = source.glob("pip-*.dist-info/entry_points.txt")  # the function differs in old releases
    maker.make(f"pip = {re.search(r'(?m)^pip *= *(.+)$', points.read_text(encoding='utf-8'))[1]}")
    return folder / here.scripts
