"""Read the checkout for a build, each item once: the cases, their files, the entries.

A build for which nothing but pages has changed reads none of it: a seal, written after each build without a
fault, says so.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

from sphinx.application import Sphinx

from handbook.cases import case as cases
from handbook.cases import entry as entries
from handbook.cases import machine, proof
from handbook.site import metadata

SEAL = "checkout.seal"  # beside the doctrees
NOT_READ = {".git", ".envs", "_build", "__pycache__", ".pytest_cache", ".ruff_cache"}

# The functions that empty each cache. A process may build more than once, as the tests do, and each build
# must see the checkout as it is then.
CACHES: list[Callable[[], None]] = []


def once_a_build(function: Callable) -> Callable:
    """Cache a function's results until the next build starts; its arguments must be hashable."""
    kept = lru_cache(maxsize=None)(function)
    CACHES.append(kept.cache_clear)
    return kept


@once_a_build
def every_case(root: Path) -> dict[str, cases.Case]:
    """Return all cases by name."""
    return {one.name: one for one in cases.all_cases(root)}


@once_a_build
def files(root: Path, name: str) -> list[str]:
    """Return the sorted names of the files in a case's folder; an empty list if the case is gone."""
    folder = root / "snippets" / name
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


@once_a_build
def every_entry(root: Path) -> dict[str, entries.Entry]:
    """Return all entries by name."""
    return {one.name: one for one in entries.all_entries(root)}


def seen(folder: str, built: set[str], pages: bool = True) -> Iterator[tuple[str, int, int]]:
    """Yield the path, size and time of change (ns) of each file in a folder that a build can read.

    What is `built` is skipped, and pages are Sphinx's own business; in a case's folder nothing is a page.
    """
    for one in os.scandir(folder):
        if one.is_dir(follow_symlinks=False):
            if one.name not in NOT_READ and one.path not in built:
                yield from seen(one.path, built, pages and one.name != "snippets")
        elif not (pages and one.name.endswith(".md")):
            state = one.stat(follow_symlinks=False)
            yield one.path, state.st_size, state.st_mtime_ns


def seal(app: Sphinx) -> str:
    """Return a digest (hex) of all that a build depends on but its pages: files, settings, machine, day."""
    root = Path(app.srcdir)
    proved = [file for file in (proof.path(root), *proof.elsewhere_files(root)) if file.is_file()]
    proofs = [(str(file), file.stat().st_mtime_ns) for file in proved]
    settings = [str(app.outdir), app.builder.name, app.config.overrides]
    settings += sorted((key, value) for key, value in os.environ.items() if key.startswith("HANDBOOK_"))
    here = [machine.system(), machine.python(), machine.walled(), machine.wine(), machine.bash_version()]
    files = sorted(seen(str(app.srcdir), {str(app.outdir), str(app.doctreedir)}))
    everything = [files, proofs, settings, here, date.today()]
    return hashlib.sha256(repr(everything).encode()).hexdigest()


def unchanged(app: Sphinx) -> bool:
    """Return whether nothing but pages has changed since the last build without a fault."""
    return getattr(app, "handbook_unchanged", False)


def read(app: Sphinx) -> None:
    """Read the checkout afresh; if a case or an entry is broken, stop with one line.

    Otherwise every page that prints or links it would repeat that line. This raises SystemExit, because
    Sphinx prints a traceback for every error that it handles itself.
    """
    for empty in CACHES:
        empty()
    file = Path(app.doctreedir) / SEAL
    app.handbook_seal = seal(app)
    app.handbook_unchanged = file.is_file() and file.read_text(encoding="utf-8") == app.handbook_seal
    if unchanged(app):
        return
    file.unlink(missing_ok=True)  # a build that ends with a fault leaves none
    try:
        every_case(Path(app.srcdir))
        every_entry(Path(app.srcdir))
    except (cases.CaseError, entries.EntryError) as error:
        raise SystemExit(str(error)) from None


def write_if_new(app: Sphinx, file: str, made_of: object, text: Callable[[], str]) -> None:
    """Write a static file, unless what it is made of (by its repr) has not changed since it was written."""
    digest = hashlib.sha256(repr([str(app.outdir), made_of]).encode()).hexdigest()
    target, kept = Path(app.outdir) / "_static" / file, Path(app.doctreedir) / f"{file}.digest"
    if target.exists() and kept.exists() and kept.read_text(encoding="utf-8") == digest:
        return
    target.write_text(text(), encoding="utf-8", newline="\n")
    kept.write_text(digest, encoding="utf-8")


def keep_seal(app: Sphinx, error: Exception | None) -> None:
    """Write the seal of a build that ends without an error or a warning."""
    if error is None and not app._warncount:  # Sphinx has no public counter
        (Path(app.doctreedir) / SEAL).write_text(app.handbook_seal, encoding="utf-8")


def setup(app: Sphinx) -> dict:
    """Register the events."""
    app.connect("builder-inited", read, priority=100)  # before the handlers that need it
    app.connect("build-finished", keep_seal, priority=900)  # after the handlers that may warn
    return metadata()
