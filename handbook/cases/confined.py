"""Check that a path, file name or variable in a case.toml cannot affect anything outside the run.

Each function returns the problem and the cure, or None. A value that passes cannot leave the reader's folders
or change what the harness sets, on any system.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from handbook.cases import machine

Problem = tuple[str, str] | None
PART = re.compile(r"[^\\/:*?\"<>|\x00-\x1f\x7f]{1,100}")  # what Windows allows in a name as well
LONGEST = 200
# Files that an index serves: a wheel or a source archive.
DISTRIBUTION = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9._]*[A-Za-z0-9])?-[A-Za-z0-9.!+_]+(?:-\w+-\w+-[\w.]+\.whl|\.tar\.gz|\.zip)",
    re.ASCII,
)
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
# Variables that the harness sets, and those that change how bash or the loader starts every program.
TAKEN = re.compile(
    r"PATH|HOME|PWD|TMPDIR|TMP|TEMP|USERPROFILE|APPDATA|LOCALAPPDATA|HTTPS?_PROXY|ENV|IFS|PS4|SHELLOPTS|PATHEXT|COMSPEC"
    r"|BASH.*|LD_.*|DYLD_.*|GLIBC_.*|PYTHON(PATH|HOME|STARTUP)",
    re.IGNORECASE,
)


def place(path: object) -> Problem:
    """Check where a reader puts a file: in the project folder, or below a folder of the home."""
    cure = "use a path in the project folder or in ~/"
    if not isinstance(path, str):
        return f"{path!r}", cure
    if len(path) > LONGEST:
        return f"longer than {LONGEST} characters", "shorten it"
    first, *rest = re.split(r"[/\\]", path)
    parts = rest if first in machine.FOLDERS else [first, *rest]
    if not parts or parts[0].startswith(("~", "%")) or not all(map(_is_name, parts)):
        return f"{path!r}", cure
    return None


def _is_name(part: str) -> bool:
    return PART.fullmatch(part) is not None and not part.endswith((".", " "))


def apart(places: Iterable[str]) -> bool:
    """Return whether all paths are distinct on every system; macOS and Windows ignore letter case."""
    parts = sorted(re.split(r"[/\\]", path.casefold()) for path in places)
    return all(one != other[: len(one)] for one, other in zip(parts, parts[1:], strict=False))


def inside(path: str) -> Problem:
    """Check the name of a file or folder inside a folder of the harness."""
    if place(path) or path.startswith(("~", "%")):
        return f"names {path!r}", "use a path in the folder"
    return None


def case(name: str) -> Problem:
    """Check the name of another case."""
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*/[a-z]+(-[a-z]+)*", name):
        return f"names {name!r}, no case", "name it client/verb-qualifier"
    return None


def host(name: str) -> Problem:
    """Check a host name that will be added to a list of host names."""
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", name):
        return f"names {name!r}", "write a host's name, such as pkgs.dev.azure.com"
    return None


def distribution(path: str, folders: bool) -> Problem:
    """Check a distribution's file name, with folders in front of it only if `folders` is true."""
    *parents, name = path.split("/")
    if (parents and not folders) or inside(path):
        cure = "use a path in the project folder" if folders else "give the file's name alone"
        return f"names {path!r}", cure
    if not DISTRIBUTION.fullmatch(name):
        return f"names {path!r}, no distribution", 'name it like "contoso_utils-1.1.0-py3-none-any.whl"'
    return None


def variable(name: str) -> Problem:
    """Check the name of a variable that a case sets."""
    if not VARIABLE.fullmatch(name):
        return f"names {name!r}, no variable", "use letters, digits and _"
    if TAKEN.fullmatch(name):
        return f"sets {name}", "take it out: the harness sets it, or every program reads it"
    return None


def template(name: str, value: object, classes: tuple[str, ...]) -> Problem:
    """Check the value of a variable; in it, a credential class in braces becomes a token of that class."""
    if not isinstance(value, str) or "\0" in value:
        shown = "a NUL" if isinstance(value, str) else repr(value)
        return f"gives {name} {shown}", "make it a string without NUL"
    for what in re.findall(r"\{([a-z-]+)\}", value):
        if what not in classes:
            return f"gives {name} unknown credential class {what!r}", f"use one of {', '.join(classes)}"
    return None


def link(folder: Path) -> str:
    """Return the first symbolic link in a case's folder, or the folder itself if it is one; "" if none."""
    if folder.is_symlink() or folder.parent.is_symlink():
        return folder.name
    found = sorted(path for path in folder.rglob("*") if path.is_symlink())
    return found[0].relative_to(folder).as_posix() if found else ""
