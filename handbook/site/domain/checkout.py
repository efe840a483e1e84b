"""What a build reads of the checkout, each thing once: the cases, their files, the entries."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from sphinx.application import Sphinx

from handbook.cases import case as cases
from handbook.cases import entry as entries
from handbook.site import metadata

# What empties each function's cache. A process may build more than once, as the tests do, and each build must
# see the checkout as it is then.
CACHES: list[Callable[[], None]] = []


def once_a_build(function: Callable) -> Callable:
    """Keep what a function returns until the next build begins; decorates functions of hashable arguments."""
    kept = lru_cache(maxsize=None)(function)
    CACHES.append(kept.cache_clear)
    return kept


@once_a_build
def every_case(root: Path) -> dict[str, cases.Case]:
    """Return all cases by name."""
    return {one.name: one for one in cases.all_cases(root)}


@once_a_build
def files(root: Path, name: str) -> list[str]:
    """Return the names of the files in a case's folder, sorted; none of a case that is gone."""
    folder = root / "snippets" / name
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


@once_a_build
def every_entry(root: Path) -> dict[str, entries.Entry]:
    """Return all entries by name."""
    return {one.name: one for one in entries.all_entries(root)}


def read(app: Sphinx) -> None:
    """Read the checkout afresh, or stop with one line while a case or an entry is broken.

    Every page that prints or links it would repeat that line. SystemExit, because Sphinx prints a traceback
    for every error that it handles itself.
    """
    for empty in CACHES:
        empty()
    try:
        every_case(Path(app.srcdir))
        every_entry(Path(app.srcdir))
    except (cases.CaseError, entries.EntryError) as error:
        raise SystemExit(str(error)) from None


def setup(app: Sphinx) -> dict:
    """Register the event."""
    app.connect("builder-inited", read, priority=100)  # before what needs it
    return metadata()
