"""Detectors for faults that must not enter the repository; each returns the findings in a text or folder."""

from __future__ import annotations

import ast
import base64
import binascii
import contextlib
import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from handbook.cases import names
from handbook.feed import hosts

MADE = {".git", ".envs", "_build", "__pycache__", ".pytest_cache", ".ruff_cache"}
DIRECTIVE = re.compile(r"^\s*(?::::+|`{3,})\{(case(?:-[a-z]+)?)\} (\S+)", re.MULTILINE)
ADDRESS = re.compile(r"https://[^\s\"'`]*pkgs\.dev\.azure\.com/([^\s\"'`)>]*)")
# Personal access tokens of both formats, JSON web tokens, tokens of code hosts and of PyPI, signatures.
TOKEN_SHAPES = {
    "personal access token, 84 characters": re.compile(
        r"\b[A-Za-z0-9]{75}AZDO[A-Za-z0-9]{4}\b|\b[A-Za-z0-9]{84}\b"
    ),
    "personal access token, 52 characters": re.compile(r"\b[a-z2-7]{52}\b"),
    "JSON web token": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "token of a code host or of PyPI": re.compile(
        r"\b(gh[pousr]_[A-Za-z0-9]{20,}|pypi-AgE[A-Za-z0-9_-]{20,})"
    ),
    "signature of a storage address": re.compile(r"sig=[A-Za-z0-9%+/]{30,}"),
}
SOURCES = (
    re.compile(
        r"^\[\[tool\.(?:uv\.index|poetry\.source)\]\]\n(?:(?!\[).*\n)*?name = \"([^\"]+)\"", re.MULTILINE
    ),
    re.compile(r"^index-servers =\s+(\S+)", re.MULTILINE),
    re.compile(r"(?:index|source) = \"(?!https:)([^\"]+)\""),
    re.compile(r"--(?:source|repository) ([^\s`]+)"),
)
GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
VIEWS = ("Local", "Prerelease", "Release")
BASIC = re.compile(r"\bBasic ([A-Za-z0-9+/]{4,}={0,2})")
VARIABLES = re.compile(r"\b(?:UV_INDEX|POETRY_HTTP_BASIC)_([A-Z0-9_]+?)_(?:USERNAME|PASSWORD)\b")


def tracked(root: Path) -> list[Path]:
    """Return the existing files that git tracks or would track.

    If git cannot tell (an archive without .git, a checkout of another owner, no git), return all files except
    generated ones.
    """
    listed = None
    if (root / ".git").exists():  # without it, git would answer for an enclosing checkout
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    if listed is None:
        return walked(root)
    return [root / name for name in listed.split("\0") if name and (root / name).is_file()]


def walked(root: Path) -> list[Path]:
    """Return all files below a folder, except those that the checks and their tools generate."""
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - MADE)
        found += [Path(folder) / name for name in sorted(files) if name not in MADE]
    return found


def pages(root: Path) -> list[Path]:
    """Return the sources of the pages."""
    return [root / "index.md", *sorted((root / "guides").rglob("*.md"))]


def printed(texts: Iterable[str]) -> set[str]:
    """Return the names of the cases that the pages print."""
    return {name for text in texts for _, name in DIRECTIVE.findall(text)}


def homeless(root: Path) -> list[str]:
    """Return the files below snippets/ that are in no case's folder."""
    files = [path.relative_to(root / "snippets") for path in (root / "snippets").rglob("*") if path.is_file()]
    return [
        path.as_posix()
        for path in sorted(files)
        if len(path.parts) < 3
        or not (root / "snippets" / path.parts[0] / path.parts[1] / "case.toml").is_file()
    ]


def foreign_names(text: str) -> list[str]:
    """Return feed URLs and source names that are not those of the examples."""
    views = "|".join(VIEWS)
    second = f"{re.escape(names.organization_path())}|{re.escape(names.other_organization_path())}"
    feeds = f"{re.escape(names.example_path())}(?:@(?:{views}))?|{second}"
    wrong = "|".join(map(re.escape, names.wrong_paths()))  # failing cases need a wrong URL
    owners = f"(?:{names.EXAMPLES['ORGANIZATION']}|{names.OTHER_ORGANIZATION})"
    linked = rf"{owners}(?:/{GUID})?/_packaging/{GUID}(?:@{GUID})?"
    # Requests to the whole service; and uv names a login's URL without its last segment.
    login = rf"{names.EXAMPLES['ORGANIZATION']}$"
    others = "npm/registry|nuget/v3|maven/v1|Cargo/index"  # packages of other languages in the same feed
    ours = re.compile(
        f"(?:{feeds}|{wrong}|{linked})/pypi(?:/|$)|(?:{feeds})/(?:{others})|_/oidc/audience$|{login}"
    )
    found = [f"address {rest}" for rest in ADDRESS.findall(text) if not ours.match(rest)]
    for pattern in SOURCES:
        found += [f"source {name}" for name in pattern.findall(text) if name not in names.SOURCES]
    known = [name.upper() for name in names.SOURCES]
    return found + [f"variable of {name}" for name in VARIABLES.findall(text) if name not in known]


def token_shapes(text: str) -> list[str]:
    """Return the kinds of token that a text seems to contain."""
    found = [kind for kind, pattern in TOKEN_SHAPES.items() if pattern.search(text)]
    return found + ["Basic credential" for value in BASIC.findall(text) if _is_credential(value)]


def _is_credential(value: str) -> bool:
    """Return whether a text is the base64 form of `user:password`."""
    try:
        return b":" in base64.b64decode(value, validate=True)
    except binascii.Error:
        return False


def registry_hosts(text: str) -> list[str]:
    """Return the registry hosts that a text names: PyPI's as pip knows them, npm's, Debian's."""
    wanted = {name for host in hosts.public_hosts() for name in (host, host.partition(".")[2]) if "." in name}
    wanted |= {f"{name}.{ending}" for name in ("npmjs", "debian") for ending in ("org", "com")}
    return sorted(name for name in wanted if re.search(rf"\b{re.escape(name)}\b", text))


def machine_paths(text: str) -> list[str]:
    """Return absolute paths that exist only on one person's machine."""
    home = r"root/\.netrc\b"  # the home of the user in a container image
    pattern = rf"(?<![\w.$}}])/(?!{home})(?:work|farm|root|home/(?!az\b)\w+|Users/\w+)/\S*"
    return re.findall(pattern, text)


def missing_targets(text: str, makefile: str) -> list[str]:
    """Return the make targets and commands that a text names and the Makefile lacks."""
    known = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = re.findall(r"`make ([a-z]+)", text) + re.findall(r"python3 -m handbook ([a-z]+)", text)
    return sorted(set(named) - known)


def undocumented_tests(source: str) -> list[str]:
    """Return the tests whose docstring is not one sentence."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            words = (ast.get_docstring(node) or "").strip()
            if not words.endswith(".") or re.search(r"[a-z]{2}\. [A-Z]", words):
                found.append(node.name)
    return found
