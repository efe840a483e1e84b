"""The directive and the role that print troubleshooting entries and link to them.

The directive `{entry} pip/no-such-version` prints `guides/errors/pip/no-such-version.toml`; its body, which
prints the cases, is collapsed. The role {entry}`pip/no-such-version` links to it, as does
{entry}`no-such-version` if no other group has that slug. An entry must be on exactly one page, once.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import ReferenceRole, SphinxDirective

from handbook.cases import entry as entries
from handbook.site import metadata
from handbook.site.domain import checkout, proof_lines, version_ranges
from handbook.site.domain.folds import details
from handbook.site.domain.sphinx_domain import Printed, find, link, of, warn, watched

Shown = dict[str, proof_lines.State | None]  # case -> the state of its proof


class EntryDirective(SphinxDirective):
    """Print one entry as a section; the body holds the cases that were run."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the section; on an error, return nothing and give one warning that says what is wrong."""
        name = self.arguments[0]
        file = Path(self.env.srcdir) / entries.FOLDER / f"{name}.toml"
        self.env.note_dependency(file)
        try:
            entry = entries.load(file)
        except entries.EntryError as error:
            warn(str(error), self.get_location())
            return []
        what = of(self.env).here().setdefault(("entry", name), Printed(entry.title, entry.slug, due=[""]))
        what.pieces.append(("", self.lineno))
        return [self.section(entry, self.states(entry))]

    def states(self, entry: entries.Entry) -> Shown:
        """Return the state of the proof of each of the entry's cases."""
        found = (find(self.env, name, self.get_location()) for name in entry.cases)
        return {case.name: watched(self.env, proof_lines.state, case.name) for case in found if case}

    def section(self, entry: entries.Entry, states: Shown) -> nodes.section:
        """Return the entry's section, in the order of a reader's questions."""
        section = nodes.section(ids=[entry.slug], classes=["entry"])
        self.state.document.ids.setdefault(entry.slug, section)
        section += nodes.title("", entry.title, support_smartquotes=False)
        section += message(entry, watched(self.env, version_ranges.entry_releases, entry.name))
        section += self.said("entry-means", "", entry.means)
        section += self.said("entry-isnt", "", entry.isnt)
        causes = nodes.enumerated_list(classes=["causes"], enumtype="arabic", prefix="", suffix=".")
        causes += [self.cause(cause, states) for cause in entry.causes]
        section += causes
        if entry.wordings:
            other = [self.wording(one) for one in entry.wordings]
            section += details("", *other, summary="In other versions", classes=["entry-wordings"])
        if self.content:
            inside = self.parse_content_to_nodes()
            section += details("", *inside, summary="What was run", classes=["entry-runs"])
        if entry.sources:
            links = [part for one in entry.sources for part in (nodes.Text(" · "), link_to(one))]
            said = nodes.Text("Sources: ")
            section += nodes.paragraph("", "", said, *links[1:], classes=["entry-sources"])
        return section

    def cause(self, cause: entries.Cause, states: Shown) -> nodes.list_item:
        """Return one cause: what it is, how to fix it, how to check for it, and its run or source."""
        item = nodes.list_item("", self.said("cause-what", "", cause.what))
        item += self.said("cause-cure", "Fix", cause.cure)
        if cause.tell:
            item += self.said("cause-tell", "Check", cause.tell)
        item += nodes.paragraph("", "", *self.shown_by(cause, states), classes=["cause-proof"])
        return item

    def shown_by(self, cause: entries.Cause, states: Shown) -> list[nodes.Node]:
        """Return the link to the run, or to the source with its date."""
        told = [link_to(cause.source)] if cause.source else []
        told += [nodes.Text(f", {cause.date}")] if cause.date else []
        if not cause.case:
            return [nodes.Text("Not run here: "), *told]
        case = find(self.env, cause.case, self.get_location()) if cause.case in states else None
        if case is None:  # already reported
            return []
        state = states[case.name]
        guessed = state is not None and proof_lines.inferred(state)
        said = [*proof_lines.run_with_inferred(), nodes.Text(": ")] if guessed else [nodes.Text("Run: ")]
        said.append(link("case", case.name, nodes.inline("", case.title)))
        if not state:
            said.append(nodes.Text(" · not run here" if case.checked else " · not checked in this build"))
        return [*said, nodes.Text(" · see also "), *told] if told else said

    def wording(self, one: entries.Wording) -> nodes.container:
        """Return the message as other versions print it."""
        text = one.text.strip("\n") + "\n"
        inside, problems = self.parse_inline(one.versions, lineno=self.lineno)
        said = [*inside, nodes.Text(" ("), link_to(one.source, "source"), nodes.Text(")"), *problems]
        code = nodes.literal_block(text, text, language="text", force=True)
        return nodes.container("", nodes.paragraph("", "", *said), code)

    def said(self, look: str, label: str, text: str) -> nodes.paragraph:
        """Return a line of prose after a label."""
        inside, problems = self.parse_inline(text.strip(), lineno=self.lineno)
        first = [nodes.strong("", label, classes=["label"]), nodes.Text(" ")] if label else []
        return nodes.paragraph("", "", *first, *inside, *problems, classes=[look])


def message(entry: entries.Entry, releases: str) -> nodes.container:
    """Return the message as a block with its program; `releases` are those that were seen to print it."""
    who = entries.CLIENTS[entry.client]
    said = f"Printed by {releases if releases.startswith(f'{who} ') else who}"
    said += f", seen with {releases}" if releases and releases not in said else ""
    said += f" · since {entry.since}" if entry.since else ""
    said += f" · until {entry.until}" if entry.until else ""
    said += ", from the source" if entry.since or entry.until else ""
    said += "" if entries.reproduced(entry) else " · copied from its sources, not run here"
    box = nodes.container("", literal_block=True, classes=["literal-block-wrapper", "no-copy"])
    box["ids"].append(f"{entry.slug}-message")
    code = nodes.literal_block(entry.message, entry.message, language="text", force=True)
    box += [nodes.caption("", "", nodes.Text(said)), code]
    return nodes.container("", box, classes=["case", "entry-message"])


def link_to(address: str, text: str = "") -> nodes.reference:
    """Return a link to a source with a short name: `astral-sh/uv#7860`, or its host and last path segment."""
    thread = re.fullmatch(r"https://github\.com/([^/]+/[^/]+)/(?:issues|pull|discussions)/(\d+).*", address)
    host, _, path = address.removeprefix("https://").partition("/")
    last = path.partition("#")[0].partition("?")[0].rstrip("/").rpartition("/")[2]
    short = f"{thread[1]}#{thread[2]}" if thread else f"{host}, {last}" if last else host
    return nodes.reference("", text or short, refuri=address, internal=False)


class EntryRole(ReferenceRole):
    """Link to the place where an entry is printed, with its title or an explicit text."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link, which is resolved once every page has been read."""
        known = checkout.every_entry(Path(self.env.srcdir))
        found = [name for name in known if self.target in (name, name.rpartition("/")[2])]
        if len(found) != 1:
            cure = f"say {' or '.join(found)}" if found else f"create it in {entries.FOLDER.as_posix()}"
            problem = "is of more than one group" if found else "does not exist"
            warn(f"entry {self.target} {problem}: {cure}", self.get_location())
            return [], []
        self.env.note_dependency(known[found[0]].file)
        text = self.title if self.has_explicit_title else known[found[0]].title
        node = link("entry", found[0], nodes.inline("", text, support_smartquotes=False))
        self.set_source_info(node)
        return [node], []


def setup(app: Sphinx) -> dict:
    """Register the directive, the role, the element and the events."""
    app.setup_extension("handbook.site.domain.case_directives")
    app.add_directive("entry", EntryDirective)
    app.add_role("entry", EntryRole())
    return metadata()
