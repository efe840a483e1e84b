"""The table of changes per client release: `{version-changes} uv`, from the client's version record.

A row is a release in which some examples or messages changed in the same way. If releases in between were not
tried, it names the last one before the change and the first one in which the change was seen.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from handbook.cases import version_record
from handbook.cases.clients import CLIENTS, spelled
from handbook.cases.version_record import ITS_DATE, UNMEASURED, UNTRIED, Span, Subject
from handbook.site import metadata
from handbook.site.domain import version_ranges
from handbook.site.domain.checkout import every_case, every_entry
from handbook.site.domain.sphinx_domain import warn, watched
from handbook.site.tables.table import CaseLink, Cell, EntryLink, Part, cell, listed

NONE = "Only the pinned release of {} was run: {}."


class VersionChanges(SphinxDirective):
    """Print the changes of one client, the newest release first."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return a line about the record and the list; without a record the pinned release."""
        client = self.arguments[0]
        if client not in CLIENTS or not CLIENTS[client].lock:
            warn(f"version-changes {client}: is not a client that a lock pins", self.get_location())
            return []
        line = nodes.paragraph("", watched(self.env, about, client))
        found = watched(self.env, changes, client)
        made = nodes.definition_list(classes=["version-changes"])
        for release, rows in found:
            items = (nodes.list_item("", nodes.paragraph("", "", *cell(row))) for row in rows)
            body = nodes.definition("", nodes.bullet_list("", *items))
            made += nodes.definition_list_item("", nodes.term("", release), body)
        return [line, made] if found else [line]


def about(root: Path, client: str) -> str:
    """Return the number of releases that were tried, and the system and Python."""
    record = version_ranges.record(root, client)
    if record is None:
        return NONE.format(spelled(client), version_ranges.pinned(root, client))
    tried = sorted(record.releases, key=version_record.key)
    older = [name for name, one in record.releases.items() if one["dependencies"] == ITS_DATE]
    number = f"{len(tried)} releases from {tried[0]} to {tried[-1]}" if len(tried) > 1 else tried[0]
    text = f"Tried: {number}, on {record.system} with Python {record.python}."
    return f"{text} {len(older)} of them start only with dependencies of their own date." if older else text


def measured(root: Path, client: str) -> Iterator[tuple[Part, Subject, bool]]:
    """Yield each current measurement of a client: its link, the spans, and the words for *holds*."""
    record = version_ranges.record(root, client)
    cases, entries = every_case(root), every_entry(root)
    for name in record.cases if record else ():
        if subject := version_ranges.of_case(root, name):
            yield CaseLink(name, cases[name].title), subject, False
    for name in record.messages if record else ():
        if name in entries and (subject := version_ranges.of_entry(root, name).get(client)):
            yield EntryLink(name, entries[name].title), subject, True


def changes(root: Path, client: str) -> list[tuple[str, list[Cell]]]:
    """Return for each release what changed with it: a cell for each way, with the links; the newest first."""
    record = version_ranges.record(root, client)
    found: dict[tuple[str, str], dict[str, list[Part]]] = {}
    for what, subject, message in measured(root, client):
        for before, after in pairwise(span for span in subject.spans if span.result != UNTRIED):
            if UNMEASURED not in (before.result, after.result) and before.holds != after.holds:
                ways = found.setdefault((after.first, before.last), {})
                ways.setdefault(told(before, after, message), []).append(what)
    listing = []
    for (first, last), ways in sorted(
        found.items(), key=lambda one: version_record.key(one[0][0]), reverse=True
    ):
        release = first if record.neighbours(first, last) else f"{first}, or one after {last}"
        listing.append((release, [(f"{way}: ", *listed(some)) for way, some in sorted(ways.items())]))
    return listing


def told(before: Span, after: Span, message: bool) -> str:
    """Return a change in words."""
    if message:
        return "Prints" if after.holds else "Does not print any more"
    if after.holds:
        return f"As its page says; before: {before.what}"
    return f"Not as its page says any more: {after.what}"


def setup(app: Sphinx) -> dict:
    """Register the directive."""
    app.setup_extension("handbook.site.tables.table")
    app.setup_extension("handbook.site.domain.version_ranges")
    app.add_directive("version-changes", VersionChanges)
    return metadata()
