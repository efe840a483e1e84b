"""Read the checkout for a build, each item once: the cases, their files, the entries."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from sphinx.application import Sphinx

from handbook.cases import case as cases
from handbook.cases import entry as entries
from handbook.site import metadata
from handbook.site.domain.seal import unchanged

# The functions that empty each cache. A process may build more than once, as the tests do, and each build
# must see the checkout as it is then.
CACHES: list[Callable[[], None]] = []


def once_a_build(function: Callable) -> Callable:
    """Cache a function's results until the next build starts; its arguments must be hashable."""
    kept = lru_cache(maxsize=None)(function)
    CACHES.append(kept.cache_clear)
    return kept


class Cases(Mapping):
    """The cases of a checkout by name, in order; each is read when it is first asked for.

    A page that was changed alone asks for a few of hundreds.
    """

    def __init__(self, root: Path) -> None:
        self.folders = {f"{one.parent.name}/{one.name}": one for one in cases.folders(root)}
        self.read: dict[str, cases.Case] = {}

    def __getitem__(self, name: str) -> cases.Case:
        if name not in self.read:
            self.read[name] = cases.load(self.folders[name])
        return self.read[name]

    def __contains__(self, name: object) -> bool:
        return name in self.folders

    def __iter__(self) -> Iterator[str]:
        return iter(self.folders)

    def __len__(self) -> int:
        return len(self.folders)


@once_a_build
def every_case(root: Path) -> Cases:
    """Return all cases by name."""
    return Cases(root)


@once_a_build
def commands(root: Path) -> tuple[str, ...]:
    """Return the commands of every case, without reading anything else of it."""
    scripts = (one / name for one in cases.folders(root) for name in (cases.SH, cases.CMD))
    return tuple(one.read_text(encoding="utf-8") for one in scripts if one.is_file())


@once_a_build
def files(root: Path, name: str) -> list[str]:
    """Return the sorted names of the files in a case's folder; an empty list if the case is gone."""
    folder = root / "snippets" / name
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


@once_a_build
def every_entry(root: Path) -> dict[str, entries.Entry]:
    """Return all entries by name."""
    return {one.name: one for one in entries.all_entries(root)}


def read(app: Sphinx) -> None:
    """Read the checkout afresh, unless nothing of it has changed; stop with one line if a part is broken.

    Otherwise every page that prints or links it would repeat that line. This raises SystemExit, because
    Sphinx prints a traceback for every error that it handles itself.
    """
    for empty in CACHES:
        empty()
    if unchanged(app):
        return
    try:
        list(every_case(Path(app.srcdir)).values())
        every_entry(Path(app.srcdir))
    except (cases.CaseError, entries.EntryError) as error:
        raise SystemExit(str(error)) from None


def setup(app: Sphinx) -> dict:
    """Register the event."""
    app.setup_extension("handbook.site.domain.seal")
    app.connect("builder-inited", read, priority=100)  # before the handlers that need it
    return metadata()
