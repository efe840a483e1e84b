"""The place of a page in the navigation: its group, the pages above it, and the previous and next page.

Neighbours are in the same group, because the last page of one and the first of the next are unrelated.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from sphinx.application import Sphinx

from handbook.site import metadata
from handbook.site.look.builder import Entry, navigation


class Place(NamedTuple):
    """A page's group, the entries above it, outermost first, and the previous and next entry, if any."""

    group: str
    above: tuple[Entry, ...]
    before: Entry | None
    after: Entry | None


def flat(entries: list[Entry], above: tuple[Entry, ...] = ()) -> Iterator[tuple[Entry, tuple[Entry, ...]]]:
    """Yield the pages of a group in order, each with those above it."""
    for entry in entries:
        if "://" not in entry.target:
            yield entry, above
        yield from flat(entry.below, (*above, entry))


def places(groups: list[tuple[str, list[Entry]]], front: str) -> dict[str, Place]:
    """Return the place of each page in the navigation; the front page precedes the first one."""
    found: dict[str, Place] = {}
    home = Entry(front, "", [])
    for caption, entries in groups:
        row = [(entry, above) for entry, above in flat(entries) if entry.target != front]
        padded = [(home if not found else None, ()), *row, (None, ())]
        for ((before, _), (entry, above)), (after, _) in zip(pairwise(padded[:-1]), padded[2:], strict=True):
            found.setdefault(entry.target, Place(caption, above, before, after))
    return found


def add(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Pass a page's place to the templates, and its neighbours in place of Sphinx's."""
    if not hasattr(app.builder, "handbook_places"):
        app.builder.handbook_places = places(navigation(app), app.config.root_doc)
    known: dict[str, Place] = app.builder.handbook_places
    place = known.get(page)
    first = next(iter(known), None)
    after = Entry(first, title(app, first), []) if page == app.config.root_doc and first else None
    context["place"] = place
    context["prev"] = linked(app, page, place.before if place else None)
    context["next"] = linked(app, page, place.after if place else after)


def title(app: Sphinx, page: str) -> str:
    """Return a page's title as text."""
    return app.env.titles[page].astext()


def linked(app: Sphinx, page: str, entry: Entry | None) -> dict[str, str] | None:
    """Return a neighbour in the form that the templates expect."""
    if entry is None:
        return None
    link = app.builder.get_relative_uri(page, entry.target)
    return {"link": link, "title": title(app, entry.target)}


def setup(app: Sphinx) -> dict:
    """Register the event."""
    app.connect("html-page-context", add, priority=410)  # after the navigation was added
    return metadata()
