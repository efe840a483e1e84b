"""The list of clients (pip, uv, …), read from clients.toml; standard library only.

Everything about one client is in its row. Adding a client touches its row, its lock, its cases and its page.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path

from handbook.cases.machine import SYSTEMS, WINE_NAME

READERS = (*SYSTEMS, WINE_NAME)
FILE = Path(__file__).with_name("clients.toml")
SHOWN = "handbook/cases/clients.toml"
TYPES = {"str": str, "bool": bool, "list[str]": list, "dict[str, str]": dict}


class ClientError(Exception):
    """A row that cannot be used, or a client that cannot be run; the message names it and the cure."""


@dataclass(frozen=True)
class Client:
    """One row: a program that a reader runs. The fields are the keys of its table.

    name: its package. spelling: its name as its makers write it. publishes: whether it can upload. lock: the
    group in pyproject.toml that pins it, its lock and its environment; "" for a system program. trust: the
    variable that makes it accept the relay's certificate. variables: the other variables that the harness
    sets for it. canary: its quickest command that connects to {url}, or to {port} of 127.0.0.1; the wall must
    stop it. never: why no canary can run; replaces `canary`. files: its own configuration files, with the
    format of each. machine: its configuration files for all users of a machine, which the wall hides. globs:
    whether it expands `*` itself. windows: whether its Windows build is set up. linux_alone: why it is not.
    commands: the commands that a reader calls, if they differ from its name. group: the group in which its
    cases run, if each takes seconds.
    """

    name: str
    spelling: str
    publishes: bool
    lock: str = ""
    trust: str = ""
    variables: list[str] = field(default_factory=list)
    canary: str = ""
    never: str = ""
    files: dict[str, str] = field(default_factory=dict)
    machine: list[str] = field(default_factory=list)
    globs: bool = False
    windows: bool = False
    linux_alone: str = ""
    group: str = ""
    commands: list[str] = field(default_factory=list)

    @property
    def programs(self) -> list[str]:
        """The commands that a reader calls, the client's own first."""
        return self.commands or [self.name]


@dataclass(frozen=True)
class Variable:
    """A variable that the harness sets, and for which clients; `{relay}` and `{certificate}` vary per run."""

    name: str
    value: str
    why: str
    clients: tuple[str, ...]
    systems: tuple[str, ...]  # the readers' systems on which it is set


def read(file: Path) -> tuple[dict[str, Client], list[Variable]]:
    """Return the clients and the harness's variables from a clients.toml, or raise ClientError."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ClientError(f"{SHOWN}: cannot be read ({error}): correct that line, or restore it") from None
    rows, variables = data.get("client", {}), data.get("variable", {})
    clients = {name: _client(name, row, variables) for name, row in rows.items()}
    given = {name: {*one.variables, one.trust} for name, one in clients.items()}
    return clients, [
        Variable(
            name,
            one["value"],
            one["why"],
            tuple(who for who in clients if name in given[who]),
            _systems(name, one),
        )
        for name, one in variables.items()
    ]


def _systems(name: str, row: dict) -> tuple[str, ...]:
    """Return the readers' systems on which a variable is set: all of them, unless its row names some."""
    found = tuple(row.get("systems", READERS))
    for one in set(found) - set(READERS):
        raise ClientError(f"{SHOWN}: {name} is set on {one!r}: use {', '.join(READERS)}")
    return found


def _client(name: str, row: dict, variables: dict) -> Client:
    """Return one row as a client, or raise ClientError for the first error in it."""
    known = {one.name: one for one in fields(Client) if one.name != "name"}
    for key, value in row.items():
        if key not in known:
            raise ClientError(f"{SHOWN}: {name} has unknown key {key!r}: use {', '.join(known)}")
        if type(value) is not TYPES[known[key].type]:
            raise ClientError(f"{SHOWN}: {name} has {key} = {value!r}: make it {known[key].type}")
    for key, one in known.items():
        if one.default is MISSING and one.default_factory is MISSING and key not in row:
            raise ClientError(f"{SHOWN}: {name} has no {key}: add it")
    client = Client(name, **row)
    if bool(client.canary) == bool(client.never):
        cure = "give its quickest command that connects as canary, or say under never why it cannot run"
        raise ClientError(f"{SHOWN}: {name} has no canary, or two reasons: {cure}")
    if bool(client.lock) != (client.windows != bool(client.linux_alone)):
        cure = "give windows = true, or say under linux_alone why its build for Windows does not run"
        raise ClientError(f"{SHOWN}: {name} says not whether it runs for Windows, or twice: {cure}")
    for variable in {*client.variables, *([client.trust] if client.trust else [])} - variables.keys():
        raise ClientError(f"{SHOWN}: {name} gets {variable}, which has no table: add [variable.{variable}]")
    return client


# Read on import, because patterns, choices and test parameters depend on it before any function can be
# called.
CLIENTS, VARIABLES = read(FILE)
GROUPS = tuple(dict.fromkeys(one.group for one in CLIENTS.values() if one.group))
ENVIRONMENTS = ("site", *dict.fromkeys(one.lock for one in CLIENTS.values() if one.lock))


def spelled(name: str) -> str:
    """Return a client's name as its makers write it; return any other word, such as "all", unchanged."""
    return CLIENTS[name].spelling if name in CLIENTS else name


def locked(name: str, root: Path, package: str = "") -> str:
    """Return the version of a client, or of one of its dependencies, that its lock pins; or ClientError."""
    package = package or name
    lock = f"locks/{CLIENTS[name].lock}.txt"
    try:
        text = (root / lock).read_text(encoding="utf-8")
    except OSError as error:
        raise ClientError(f"{lock}: {error.strerror}: git checkout {lock}") from None
    found = re.search(rf"^{re.escape(package)}==(\S+)", text, re.MULTILINE)
    if not found:
        raise ClientError(f"{lock}: does not pin {package}: git checkout {lock}")
    return found[1]
