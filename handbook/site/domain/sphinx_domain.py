"""The Sphinx domain `handbook`: which page prints which case and entry, how links find them, which are wrong.

Its data also contains what pages leave for later steps: Sphinx keeps it with its environment between builds,
discards it for a page that is read again or deleted, and merges it from other processes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.domains import Domain, ObjType
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from handbook.cases import case as cases
from handbook.site import metadata
from handbook.site.domain import checkout, seal

NAME = "handbook"
logger = logging.getLogger(__name__)


@dataclass
class Printed:
    """What a page prints of a case or an entry: where, what it must print, and each piece with its line."""

    title: str
    anchor: str
    due: list[str]
    pieces: list[tuple[str, int]] = field(default_factory=list)


class Handbook(Domain):
    """Cases and entries as objects that pages print and link to."""

    name, label = NAME, "Handbook"
    object_types: ClassVar = {kind: ObjType(kind, kind) for kind in ("case", "entry")}
    dangling_warnings: ClassVar = {
        kind: f"{kind} %(target)s is linked but on no page: print it with {{{kind}}}" for kind in object_types
    }
    # Each maps page -> its data. A change to the code needs no `data_version`, because `metadata` handles it.
    initial_data: ClassVar = {
        "printed": {},  # (kind, name) -> Printed
        "watched": {},  # (function, arguments) -> its result
        "sections": {},  # for the search index
        "begins": {},  # the page's first paragraph, for llms.txt
    }

    def here(self) -> dict[tuple[str, str], Printed]:
        """Return what the page that is being read has printed so far: (kind, name) -> Printed."""
        return self.data["printed"].setdefault(self.env.docname, {})

    def clear_doc(self, docname: str) -> None:
        """Discard the data of a page."""
        for kind in self.initial_data:
            self.data[kind].pop(docname, None)

    def merge_domaindata(self, docnames: Iterable[str], otherdata: dict[str, Any]) -> None:
        """Merge the data of some pages from another process."""
        for kind in self.initial_data:
            self.data[kind] |= {page: left for page, left in otherdata[kind].items() if page in docnames}

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Yield the objects that a site can link to: name, title, kind, page, anchor, default priority."""
        for page, here in self.data["printed"].items():
            for (kind, name), what in here.items():
                yield name, what.title, kind, page, what.anchor, 1

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: addnodes.pending_xref,
        contnode: nodes.Element,
    ) -> nodes.reference | None:
        """Return the link to the place where a case or an entry is printed."""
        for page, here in self.data["printed"].items():
            if (typ, target) in here:
                return make_refnode(builder, fromdocname, page, here[typ, target].anchor, contnode)
        return None

    def resolve_any_xref(self, *arguments: Any) -> list[tuple[str, nodes.reference]]:
        """Return nothing, because a link always says whether it means a case or an entry."""
        return []

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        """Check that the page prints each of its cases completely, and nothing twice."""
        for (kind, name), what in self.data["printed"].get(docname, {}).items():
            for message, line in faults(kind, name, what):
                warn(message, (docname, line))

    def check_consistency(self) -> None:
        """Check that no two pages print the same object, and that each entry is on a page."""
        owner: dict[tuple[str, str], str] = {}
        for page, here in sorted(self.data["printed"].items()):
            for one, what in here.items():
                if one in owner:
                    message = f"{' '.join(one)} is also printed on {owner[one]}: link to it with the role"
                    warn(message, (page, what.pieces[0][1]))
                owner.setdefault(one, page)
        for name in checkout.every_entry(Path(self.env.srcdir)):
            if ("entry", name) not in owner:
                warn(f"entry {name} is on no page: print it with {{entry}} {name}", None)


def faults(kind: str, name: str, what: Printed) -> Iterator[tuple[str, int]]:
    """Yield each piece of a case that a page lacks or prints twice, as a message with its line."""
    directive = dict.fromkeys((cases.SH, cases.CMD), "case-commands")
    directive |= {"output.txt": "case-output", "proof": "case-proof"}
    for piece in what.due:
        lines = [line for one, line in what.pieces if one == piece]
        if not lines:
            call = f"{{{directive[piece]}}} {name}" if piece in directive else f"{{case-file}} {name} {piece}"
            yield f"{kind} {name} is printed without its {piece}: add {call}", what.pieces[0][1]
        if len(lines) > 1:
            yield f"{kind} {name} is printed twice: print {f'its {piece}' if piece else 'it'} once", lines[1]


def of(env: BuildEnvironment) -> Handbook:
    """Return the domain of a build."""
    return env.get_domain(NAME)


def find(env: BuildEnvironment, name: str, location: str) -> cases.Case | None:
    """Return the case and make the page depend on its files; if there is none, warn and return None."""
    root = Path(env.srcdir)
    case = checkout.every_case(root).get(name)
    if case is None:
        warn(f"case {name} does not exist: create snippets/{name}/ or correct the name", location)
        return None
    for file in checkout.files(root, name):
        env.note_dependency(case.folder / file)
    return case


def watched(env: BuildEnvironment, function: Callable, *arguments: str) -> Any:
    """Return a function's result for the checkout; the page is read again once that result changes."""
    value = function(Path(env.srcdir), *arguments)
    of(env).data["watched"].setdefault(env.docname, {})[function, arguments] = value
    return value


def outdated(app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set) -> list[str]:
    """Return the pages whose watched results have changed."""
    if seal.unchanged(app):
        return []
    root = Path(app.srcdir)
    return [
        page
        for page, seen in of(env).data["watched"].items()
        if any(function(root, *arguments) != value for (function, arguments), value in seen.items())
    ]


def link(kind: str, name: str, inside: nodes.Node) -> addnodes.pending_xref:
    """Return a link to a case or an entry, which is resolved once every page has been read."""
    return addnodes.pending_xref(
        "", inside, refdomain=NAME, reftype=kind, reftarget=name, refwarn=True, refexplicit=True
    )


def warn(message: str, location: str | tuple[str, int] | nodes.Node | None) -> None:
    """Give a one-line warning; with `-W`, it fails the build."""
    logger.warning("%s", message, location=location, type="handbook", subtype="case")


def setup(app: Sphinx) -> dict:
    """Register the domain and the event."""
    app.setup_extension("handbook.site.domain.checkout")
    app.add_domain(Handbook)
    app.connect("env-get-outdated", outdated)
    return metadata()
