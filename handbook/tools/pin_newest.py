"""Pin the newest releases of clients in pyproject.toml and in locks/: `make versions CLIENT=new PIN=1`.

Then `make windows` runs the cases with their builds for Windows, and what fails is what has changed. A client
without cases under Wine is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from handbook.cases.clients import CLIENTS, locked
from handbook.tools import releases
from handbook.tools.environments import SetupError


def repinned(text: str, client: str, version: str) -> str:
    """Return the text of a pyproject.toml whose group of a client pins another version of it."""
    new, number = re.subn(
        rf'(?m)^({re.escape(client)} = \["{re.escape(client)}==)[^"]+', rf"\g<1>{version}", text
    )
    if number != 1:
        raise SetupError(f"pyproject.toml: the group {client} does not begin with {client}==: write it so")
    return new


def pin(root: Path, clients: Iterable[str], lock: Callable[[], int]) -> list[str]:
    """Pin each client that has a newer release and runs under Wine; return a line for each.

    lock: writes the lock files; returns 0 or an error's status. What cannot be locked is left as it was.
    """
    file, said = root / "pyproject.toml", []
    for client in clients:
        now, newest = locked(client, root), releases.releases(client)[-1].version
        if not CLIENTS[client].windows or newest == now:
            continue
        before = file.read_text(encoding="utf-8")
        file.write_text(repinned(before, client, newest), encoding="utf-8", newline="\n")
        if lock():
            file.write_text(before, encoding="utf-8", newline="\n")
            lock()
            said.append(f"{client} {newest}: cannot be locked, {now} stays")
        else:
            said.append(f"{client} {now} is {newest} now")
    return said
