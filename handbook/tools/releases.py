"""List a client's old releases, and set up a checkout in which one of them replaces the pinned one.

Such a checkout is `.envs/versions/<client>-<release>`; apart from the client's environment, it consists of
links to this one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
import warnings
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from handbook.cases import version_record
from handbook.cases.clients import CLIENTS
from handbook.cases.version_record import DEPENDENCIES, ITS_DATE, PINNED, TODAY
from handbook.runner import system
from handbook.tools import environments, package_index
from handbook.tools.environments import ROOT, SetupError

FOLDER = ROOT / ".envs" / "versions"
WINDOWS = Path(__file__).with_name("versions.toml")
LINKED = ("snippets", "locks", "tests", "handbook", "pyproject.toml")
STABLE = re.compile(r"\d+(\.\d+)*(\.post\d+)?")


@dataclass(frozen=True)
class Release:
    """One release of a client, with the day on which its first file was uploaded."""

    version: str
    day: date

    @property
    def key(self) -> tuple[int, ...]:
        """The sort key of a release."""
        return version_record.key(self.version)

    @property
    def series(self) -> tuple[int, ...]:
        """The minor series: the first two numbers."""
        return version_record.series(self.version)


@cache
def measured_clients() -> dict[str, dict]:
    """Return the clients to measure, each with the first release of its window and the reason for it."""
    known = tomllib.loads(WINDOWS.read_text(encoding="utf-8"))
    for name in known.keys() - CLIENTS.keys():
        raise SetupError(
            f"handbook/tools/{WINDOWS.name}: {name} is not a client: add it to clients.toml as well"
        )
    return known


def releases(client: str) -> list[Release]:
    """Return the releases in a client's window that have a file for this Python, the oldest first."""
    warnings.filterwarnings("ignore", category=FutureWarning)
    days: dict[str, date] = {}
    try:
        found = list(package_index.finder().find_all_packages(client, allow_yanked=False))
    except Exception as error:  # any exception of the libraries that unearth uses
        why = " ".join(str(error).split())[:100] or type(error).__name__
        cure = "connect, or set HTTPS_PROXY or pip's index-url"
        raise SetupError(f"cannot list the releases of {client} ({why}): {cure}") from None
    first = Release(measured_clients()[client]["first"], date.min).key
    wanted = [
        one for one in found if STABLE.fullmatch(one.version) and version_record.key(one.version) >= first
    ]
    for one in wanted:
        if one.link.upload_time is not None:  # a second index, such as a folder, may say no dates
            day = one.link.upload_time.date()
            days[one.version] = min(day, days.get(one.version, day))
    if undated := sorted({one.version for one in wanted} - days.keys()):
        raise SetupError(f"{client} {undated[0]}: the package index says no date: use one that does")
    return sorted((Release(*one) for one in days.items()), key=lambda one: one.key)


def chosen(known: list[Release]) -> list[Release]:
    """Return the first and the last patch of every minor series, and the newest release."""
    found = {}
    for one in known:
        found.setdefault(one.series, [one, one])[1] = one
    return sorted({one for pair in found.values() for one in pair}, key=lambda one: one.key)


def checkout(client: str, release: Release) -> tuple[Path, str]:
    """Create a checkout with a release of a client, unless it exists; return it and its dependencies.

    Raises SetupError with the reason if the release cannot be measured.
    """
    root = FOLDER / f"{client}-{release.version}"
    told = root / "dependencies"
    if not told.exists():
        shutil.rmtree(root, ignore_errors=True)
        lock = CLIENTS[client].lock
        (root / ".envs").mkdir(parents=True)
        for name in LINKED:
            (root / name).symlink_to(ROOT / name)
        for name in {one.lock for one in CLIENTS.values() if one.lock} - {lock}:
            (root / ".envs" / name).symlink_to(ROOT / ".envs" / name)
        told.write_text(install(client, release, root / ".envs" / lock), encoding="utf-8")
    text = told.read_text(encoding="utf-8")
    if text not in DEPENDENCIES:
        raise SetupError(text)
    return root, text


# What uv says if the cause is the release itself: no wheel for this Python, or none at all.
OF_THE_RELEASE = re.compile("no wheel for this Python|No solution found|no usable wheels|no version of")


def install(client: str, release: Release, folder: Path) -> str:
    """Install a release; return the kind of its dependencies, or why it is not measurable.

    Raise SetupError if the reason is this machine's, such as no network: that says nothing about the release.
    """
    import sys

    settings = environments.uv_variables()
    uv = str(environments.program("uv", "uv"))
    python = getattr(sys, "_base_executable", sys.executable)
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    pinned = groups[CLIENTS[client].lock]
    others = [one for one in pinned if re.split(r"[=<>\[ ]", one)[0] != client]
    own = f"{client}=={release.version}"
    loose = [own, *(re.split(r"[=<>\[ ]", one)[0] for one in others)]
    until = ["--exclude-newer", (release.day + timedelta(days=1)).isoformat()]
    tries = [(PINNED, [own, *others])] if others else []
    tries += [(TODAY, loose), (ITS_DATE, [*until, *loose])]
    only = measured_clients()[client].get("dependencies")
    tries = [one for one in tries if only in (None, one[0])]
    why = ""
    for told, wanted in tries:
        shutil.rmtree(folder, ignore_errors=True)
        try:
            environments.call(
                client, ROOT, settings, uv, "venv", "--no-project", "--python", python, str(folder)
            )
            target = ["--python", str(system.HERE.executable(folder, "python")), "--only-binary", ":all:"]
            environments.call(client, ROOT, settings, uv, "pip", "install", *target, *wanted)
        except SetupError as error:
            if not OF_THE_RELEASE.search(str(error)):
                raise
            why = why or f"cannot be installed: {error}"
            continue
        if why_not := starts(client, folder):
            why = why_not
        else:
            return told
    return why


def starts(client: str, folder: Path) -> str:
    """Return "" if a release prints its version, else why it does not."""
    for name in CLIENTS[client].programs[:1]:
        program = system.HERE.executable(folder, name)
        variables = {"PATH": os.defpath, "HOME": str(folder)}
        try:
            done = subprocess.run(
                [program, "--version"], env=variables, capture_output=True, text=True, timeout=60, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"does not start: {type(error).__name__}"
        if done.returncode:
            last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no word"]
            return f"does not start: {last[0][:80]}"
    return ""
