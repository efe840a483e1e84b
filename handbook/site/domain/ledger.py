"""Which page prints what of which case: kept with Sphinx's environment, checked, compared at each build."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from handbook.cases import case as cases
from handbook.site import metadata
from handbook.site.domain import proof_lines
from handbook.site.domain.kept import Kept, once_a_build

logger = logging.getLogger(__name__)


@dataclass
class Printed:
    """What a page printed of a case: at which place, with which proof, from which files, which pieces."""

    location: tuple[str, int]
    state: proof_lines.State | None
    listing: list[str]
    runnable: bool
    due: list[str]
    pieces: list[str] = field(default_factory=list)


printed = Kept[dict[str, Printed]]("cases")  # page -> case -> what was printed


@once_a_build
def listing(folder: Path) -> list[str]:
    """Return the names of the files in a case's folder, sorted."""
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def pieces(case: cases.Case) -> list[str]:
    """Return what a page must print of the case, in order."""
    return [*case.files, case.script, *(["output.txt"] if case.output is not None else []), "proof"]


def find(env: BuildEnvironment, name: str, location: str) -> cases.Case | None:
    """Return the case and make the page depend on its files; a warning and None when it cannot be used."""
    folder = Path(env.srcdir) / "snippets" / name
    env.note_dependency(folder / "case.toml")
    if name.count("/") != 1 or not folder.is_dir():
        warn(f"case {name} does not exist: create snippets/{name}/ or correct the name", location)
        return None
    for file in listing(folder):
        env.note_dependency(folder / file)
    try:
        return loaded(folder)
    except cases.CaseError as error:
        warn(str(error), location)
        return None


loaded = once_a_build(cases.load)  # a case is linked from many places


def case_link(page: str, name: str, text: nodes.Node) -> addnodes.pending_xref:
    """Return a link to a case, to be resolved when every page is read."""
    return addnodes.pending_xref(
        "", text, reftype="case", reftarget=name, refdoc=page, refwarn=True, refexplicit=True
    )


def entry_link(page: str, name: str, text: str) -> addnodes.pending_xref:
    """Return a link to an entry, to be resolved when every page is read."""
    inside = nodes.inline("", text, support_smartquotes=False)
    return addnodes.pending_xref(
        "", inside, reftype="entry", reftarget=name, refdoc=page, refwarn=True, refexplicit=True
    )


def warn(message: str, location: str | tuple[str, int] | nodes.Node | None) -> None:
    """Say in one line what is wrong; under `-W` the build fails."""
    logger.warning("%s", message, location=location, type="handbook", subtype="case")


def whole(app: Sphinx) -> None:
    """Stop with one line while a case is broken, which every page that prints or links it would repeat.

    SystemExit, because Sphinx prints a traceback for every error that it handles itself.
    """
    try:
        for folder in cases.folders(Path(app.srcdir)):
            loaded(folder)
    except cases.CaseError as error:
        raise SystemExit(str(error)) from None


def complete(app: Sphinx, document: nodes.document) -> None:
    """Check that the page shows each of its cases whole and each piece once."""
    here = printed(app.env).get(app.env.docname, {})
    for name, what in here.items():
        for message in lacking(name, what):
            warn(message, what.location)


def lacking(name: str, what: Printed) -> Iterator[str]:
    """Yield what is missing of a case on its page, or printed there twice."""
    directive = {
        "run.sh": "case-commands",
        "run.cmd": "case-commands",
        "output.txt": "case-output",
        "proof": "case-proof",
    }
    for piece in what.due:
        times = what.pieces.count(piece)
        if times == 0:
            call = f"{{{directive[piece]}}} {name}" if piece in directive else f"{{case-file}} {name} {piece}"
            yield f"case {name} is printed without its {piece}: add {call}"
        if times > 1:
            yield f"case {name} is printed twice: print its {piece} once"


def check_pages(app: Sphinx, env: BuildEnvironment) -> None:
    """Check that no two pages print the same case."""
    owner: dict[str, str] = {}
    for page in sorted(printed(env)):
        for name, what in printed(env)[page].items():
            if name in owner:
                warn(f"case {name} is printed on {owner[name]}, too: link to it with the role", what.location)
            owner.setdefault(name, page)


def outdated(app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set) -> list[str]:
    """Return the pages whose cases have another proof or other files than the page shows."""
    root = Path(app.srcdir)
    return [page for page, here in printed(env).items() if any(stale(root, *item) for item in here.items())]


def stale(root: Path, name: str, what: Printed) -> bool:
    """Return whether a case is not what the page shows any more."""
    try:
        case = loaded(root / "snippets" / name)
    except cases.CaseError:
        return True
    return (proof_lines.shown(root, case), listing(case.folder)) != (what.state, what.listing)


def setup(app: Sphinx) -> dict:
    """Register the events."""
    app.setup_extension("handbook.site.domain.proof_lines")
    printed.connect(app)
    app.connect("builder-inited", whole, priority=200)  # after `kept.forget`
    app.connect("doctree-read", complete)
    app.connect("env-check-consistency", check_pages)
    app.connect("env-get-outdated", outdated)
    return metadata()
