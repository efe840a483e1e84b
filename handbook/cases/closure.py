"""The import closure of a module: all files of the checkout that its imports lead to."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path


def closure(root: Path, start: str) -> frozenset[str]:
    """Return the files of a checkout that a module imports, directly or indirectly, including itself.

    The imports are read from the sources, so those inside a function count as well. Any other file in the
    same folder as a module counts as read by it.
    """
    found: set[str] = set()
    new = [start]
    while new:
        name = new.pop()
        if name not in found:
            found.add(name)
            new += _files(root, imported(root, name))
    folders = {Path(name).parent for name in found} - {Path()}
    beside = (file for folder in folders for file in (root / folder).iterdir() if file.is_file())
    data = {file.relative_to(root).as_posix() for file in beside if file.suffix not in (".py", ".pyc")}
    return frozenset(found | data)


def imported(root: Path, name: str) -> Iterator[str]:
    """Yield the dotted name of everything that a module may import; `from a import b` yields `a.b`."""
    statements = list(ast.parse((root / name).read_bytes()).body)
    package = name.split("/")[:-1]
    while statements:  # ast.walk would visit every expression as well, which takes twice as long
        one = statements.pop()
        if isinstance(one, ast.Import):
            yield from (alias.name for alias in one.names)
        elif isinstance(one, ast.ImportFrom):
            above = package[: len(package) + 1 - one.level] if one.level else []
            base = [*above, *([one.module] if one.module else [])]
            yield from (".".join([*base, alias.name]) for alias in one.names)
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            statements += getattr(one, part, [])


def _files(root: Path, names: Iterable[str]) -> set[str]:
    """Return the files of a checkout that importing these dotted names executes."""
    dotted = {tuple(name.split(".")) for name in names}
    modules = {"/".join(one[:end]) for one in dotted for end in range(1, len(one) + 1)}
    files = {f"{module}{end}" for module in modules for end in (".py", "/__init__.py")}
    return {file for file in files if (root / file).is_file()}
