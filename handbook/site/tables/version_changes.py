"""The table of changes per client release: `{version-changes} uv`, from the client's version record.

A row is a release in which some examples or messages changed in the same way. If releases in between were not
tried, it names the last one before the change and the first one in which the change was seen.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from handbook.cases import version_record
from handbook.cases.clients import CLIENTS, spelled
from handbook.cases.version_record import ITS_DATE, UNMEASURED, Span, Subject
from handbook.site import metadata
from handbook.site.domain import version_ranges
from handbook.site.domain.checkout import every_case, every_entry
from handbook.site.domain.sphinx_domain import warn, watched
from handbook.site.tables.table import CaseLink, EntryLink, MadeTable, Part, Rows, cell, listed, table

NONE = "Only the pinned release of {} was run: {}."
AS_SAID, PRINTED = "as its page says", "printed"


class VersionChanges(MadeTable):
    """Print the changes of one client, the newest release first."""

    required_arguments = 1
    head = ("Release", "Example or message", "Before", "From then on")

    def run(self) -> list[nodes.Node]:
        """Return a line about the record, with the table; without a record, only the pinned release."""
        client = self.arguments[0]
        if client not in CLIENTS or not CLIENTS[client].lock:
            warn(f"version-changes {client}: is not a client that a lock pins", self.get_location())
            return []
        line = nodes.paragraph("", watched(self.env, about, client))
        rows = watched(self.env, changes, client)
        made = table(self.head, [[cell(one) for one in row] for row in rows], ["version-changes"])
        return [line, made] if rows else [line]


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


def measured(root: Path, client: str) -> Iterator[tuple[Part, Subject, str]]:
    """Yield each current measurement of a client: its link, the spans, and the words for *holds*."""
    record = version_ranges.record(root, client)
    cases, entries = every_case(root), every_entry(root)
    for name in record.cases if record else ():
        if subject := version_ranges.of_case(root, name):
            yield CaseLink(name, cases[name].title), subject, AS_SAID
    for name in record.messages if record else ():
        if name in entries and (subject := version_ranges.of_entry(root, name).get(client)):
            yield EntryLink(name, entries[name].title), subject, PRINTED


def changes(root: Path, client: str) -> Rows:
    """Return a row for each kind of change in a release with what changed so, the newest first."""
    record = version_ranges.record(root, client)
    order = sorted(record.releases, key=version_record.key) if record else []
    found: dict[tuple[int, int, str, str], list[Part]] = {}
    for what, subject, holds in measured(root, client):
        for before, after in pairwise(subject.spans):
            if UNMEASURED not in (before.result, after.result) and before.holds != after.holds:
                change = (order.index(after.first), order.index(before.last))
                found.setdefault((*change, told(before, holds), told(after, holds)), []).append(what)
    rows: Rows = []
    for (first, last, before, after), some in sorted(found.items(), key=lambda one: one[0][:2], reverse=True):
        release = order[first] if first - last == 1 else f"{order[first]}, after {order[last]}"
        rows.append(((release,), listed(some), (before,), (after,)))
    return rows


def told(span: Span, holds: str) -> str:
    """Return a result in the words of the page."""
    return holds if span.holds else span.what


def setup(app: Sphinx) -> dict:
    """Register the directive."""
    app.setup_extension("handbook.site.tables.table")
    app.setup_extension("handbook.site.domain.version_ranges")
    app.add_directive("version-changes", VersionChanges)
    return metadata()
