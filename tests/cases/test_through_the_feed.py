"""What a lock file holds of a public package that comes through the feed, and of the same one from PyPI."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from handbook.cases import names
from handbook.cases.case import load
from handbook.feed import hosts
from handbook.runner import run

BASE = names.feed_base(names.ORGANIZATION, names.PROJECT, names.FEED)
INDEX = f"{BASE}simple/"
WITH_TOKEN = INDEX.replace("https://", f"https://az:${{{names.TOKEN_VARIABLE}}}@")
PROJECT = (
    '[project]\nname = "hello"\nversion = "0.1.0"\nrequires-python = ">=3.11"\ndependencies = ["idna"]\n'
)
POETRY = '[tool.poetry]\npackage-mode = false\n\n[tool.poetry.dependencies]\npython = ">=3.11"\nidna = "*"\n'
UV_INDEX = f'\n[[tool.uv.index]]\nname = "internal"\nurl = "{INDEX}"\ndefault = true\n'
POETRY_SOURCE = f'\n[[tool.poetry.source]]\nname = "internal"\nurl = "{INDEX}"\n'
# Each client: its file, the command, its lock file, and what makes the feed the only index.
CLIENTS = {
    "pip": ("requirements.txt", "idna\n", "pip lock -r requirements.txt", "pylock.toml"),
    "uv": ("pyproject.toml", PROJECT, "uv lock", "uv.lock"),
    "poetry": ("pyproject.toml", POETRY, "poetry lock", "poetry.lock"),
}
THE_FEED = {
    "pip": (f"--index-url {WITH_TOKEN}\n", ""),
    "uv": (UV_INDEX, "UV_INDEX"),
    "poetry": (POETRY_SOURCE, "POETRY_HTTP_BASIC"),
}
PYPI, FEED = hosts.public_hosts(), hosts.FEED
# What the page says of each lock file: the keys of the file's entry besides name and hash, and who is named.
SAID = {
    ("pip", "PyPI"): ({"url"}, PYPI[1:]),
    ("pip", "the feed"): ({"url"}, (FEED,)),
    ("uv", "PyPI"): ({"url", "size", "upload-time"}, PYPI),
    ("uv", "the feed"): ({"url"}, (FEED,)),
    ("poetry", "PyPI"): (set(), ()),
    ("poetry", "the feed"): (set(), (FEED,)),
}


def lock(harness: run.Harness, folder: Path, client: str, through: str) -> str:
    """Lock idna with a client, through the feed or straight; return the text of the lock file."""
    file, text, command, locked = CLIENTS[client]
    lines = [command]
    if through == "the feed":
        more, prefix = THE_FEED[client]
        text = more + text if client == "pip" else text + more
        if prefix:
            lines = [
                f'export {prefix}_INTERNAL_USERNAME="az"',
                f'export {prefix}_INTERNAL_PASSWORD="${names.TOKEN_VARIABLE}"',
                command,
            ]
    case = folder / "snippets" / client / "lock-compared"
    case.mkdir(parents=True)
    (case / file).write_text(text, encoding="utf-8")
    (case / "run.sh").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (case / "case.toml").write_text(
        f'title = "Lock"\nclient = "{client}"\nexit = 0\n[place]\n"{file}" = "{file}"\n'
        f'[credential]\n{names.TOKEN_VARIABLE} = "collaborator-write"\n[asked]\n[result]\n',
        encoding="utf-8",
    )
    seen = run.observe(harness, [load(case)], folder / "run")
    assert (seen.exit, seen.faults) == (0, []), seen.output
    return (folder / "run" / "home" / "project" / locked).read_text(encoding="utf-8")


def files(text: str) -> Iterator[dict]:
    """Yield the entry of each file of idna in a lock file."""
    data = tomllib.loads(text)
    for package in data.get("package", data.get("packages")):
        if package["name"] == "idna":
            yield from package.get("wheels", package.get("files", []))


def digest(entry: dict) -> str:
    """Return the digest in the entry of a file."""
    return entry.get("hashes", {}).get("sha256") or entry["hash"].removeprefix("sha256:")


@pytest.mark.slow
@pytest.mark.parametrize("client", CLIENTS)
def test_lock_files(harness: run.Harness, tmp_path: Path, client: str) -> None:
    """The hash is the same through the feed and straight; addresses, sizes and dates are as the page says."""
    digests = set()
    for through in ("PyPI", "the feed"):
        text = lock(harness, tmp_path / through.replace(" ", "-"), client, through)
        (entry,) = files(text)
        keys, known = SAID[client, through]
        assert entry.keys() - {"name", "file", "hash", "hashes"} == keys
        assert {host for host in (*PYPI, FEED) if host in text} == set(known)
        assert ('type = "legacy"' in text) == ((client, through) == ("poetry", "the feed"))
        digests.add(digest(entry))
    assert len(digests) == 1
