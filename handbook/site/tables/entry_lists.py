"""Lists generated from the entries: `{entry-list}`, `{entry-counts}` and `{collisions-table}`."""

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from handbook.cases import entry as entries
from handbook.site import metadata
from handbook.site.domain.checkout import every_case, every_entry
from handbook.site.tables.table import CaseLink, EntryLink, MadeTable, Rows, cell, listed


def first_sentence(text: str) -> str:
    """Return the first sentence of some MyST; a full stop inside code or a link does not end it."""
    found = re.match(r"(?:`[^`]*`|[^`])+?[.!?](?=\s+[A-Z`{*]|\s*$)", text.strip())
    return found[0] if found else text.strip()


def alphabetical(title: str) -> str:
    """Return the sort key of a title: its letters and digits."""
    return re.sub(r"\W+", " ", title).strip().lower()


class EntryList(MadeTable):
    """Print every entry, grouped by the program that prints it: the message, and its meaning in one line."""

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return client, message and meaning, in the order of the clients."""
        order = list(entries.CLIENTS)
        found = sorted(
            every_entry(root).values(), key=lambda one: (order.index(one.client), alphabetical(one.title))
        )
        return [
            ((one.client,), (EntryLink(one.name, one.title),), (first_sentence(one.means),)) for one in found
        ]

    def run(self) -> list[nodes.Node]:
        """Return a section for each client."""
        sections: dict[str, nodes.section] = {}
        for (client,), link, (means,) in self.made():
            if client not in sections:
                name = entries.CLIENTS[client]
                title = nodes.title("", name[0].upper() + name[1:] if " " in name else name)
                items = nodes.bullet_list(classes=["entry-list"], bullet="-")
                sections[client] = nodes.section("", title, items, ids=[f"printed-by-{client}"])
            inside, problems = self.parse_inline(means, lineno=self.lineno)
            said = nodes.paragraph("", "", *cell(link), nodes.Text(": "), *inside, *problems)
            sections[client][1] += nodes.list_item("", said)
        return list(sections.values())


class EntryCounts(MadeTable):
    """Print the number of messages, and how many of them a case reproduces."""

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return the counts in one row: messages, reproduced messages, causes, causes with a run."""
        found = list(every_entry(root).values())
        causes = [cause for one in found for cause in one.causes]
        counts = (
            len(found),
            sum(map(entries.reproduced, found)),
            len(causes),
            sum(bool(cause.case) for cause in causes),
        )
        return [tuple((str(count),) for count in counts)]

    def run(self) -> list[nodes.Node]:
        """Return the sentence."""
        [[(messages,), (reproduced,), (causes,), (run,)]] = self.made()
        text = (
            f"{messages} messages, {reproduced} of them printed by a run of this handbook; {causes} causes, "
        )
        return [nodes.paragraph("", f"{text}{run} of them run.", classes=["entry-counts"])]


class CollisionsTable(MadeTable):
    """Print the failures that a client words identically although their causes differ."""

    head = ("Message", "Client", "Causes with the same output")

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return a row for each group of cases with the same words."""
        owner = {name: one for one in every_entry(root).values() for name in one.cases}
        found = []
        for group in entries.collisions(every_case(root).values()):
            known = [owner[case.name] for case in group if case.name in owner]
            if known:
                links = listed(CaseLink(case.name, case.title) for case in group)
                client = entries.CLIENTS[known[0].client]
                found.append(((EntryLink(known[0].name, known[0].title),), (client,), links))
        return found


def setup(app: Sphinx) -> dict:
    """Register the directives."""
    app.setup_extension("handbook.site.tables.table")
    app.setup_extension("handbook.site.domain.entry_directives")
    for name, directive in (
        ("entry-list", EntryList),
        ("entry-counts", EntryCounts),
        ("collisions-table", CollisionsTable),
    ):
        app.add_directive(name, directive)
    return metadata()
