"""What extensions remember: of each page from build to build, of the checkout for one build."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Generic, TypeVar

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from handbook.site import metadata

T = TypeVar("T")
CACHES: list[Callable[[], None]] = []  # what empties each function's cache


class Kept(Generic[T]):
    """What each page left, by the page's name; called with an environment, which keeps it between builds.

    A page that is read again or gone is forgotten; what another process read is taken over.
    """

    def __init__(self, what: str) -> None:
        self.attribute = f"handbook_{what}"

    def __call__(self, env: BuildEnvironment) -> dict[str, T]:
        """Return page -> what it left."""
        return env.__dict__.setdefault(self.attribute, {})

    def connect(self, app: Sphinx) -> None:
        """Register the events; an extension's setup calls it."""
        app.connect("env-purge-doc", self.purge)
        app.connect("env-merge-info", self.merge)

    def purge(self, app: Sphinx, env: BuildEnvironment, page: str) -> None:
        """Forget a page."""
        self(env).pop(page, None)

    def merge(
        self, app: Sphinx, env: BuildEnvironment, pages: Iterable[str], other: BuildEnvironment
    ) -> None:
        """Take over some pages from another process."""
        self(env).update({page: left for page, left in self(other).items() if page in pages})


def once_a_build(function: Callable) -> Callable:
    """Keep what a function returns until the next build begins; decorates functions of hashable arguments."""
    kept = lru_cache(maxsize=None)(function)
    CACHES.append(kept.cache_clear)
    return kept


def forget(app: Sphinx) -> None:
    """Read the checkout afresh."""
    for empty in CACHES:
        empty()


def setup(app: Sphinx) -> dict:
    """Register the event."""
    app.connect("builder-inited", forget, priority=100)  # before what reads
    return metadata()
