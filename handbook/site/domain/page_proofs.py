"""The proofs of a page, at its end: one line that counts them, and folded below it a row for each example."""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from handbook.cases import proof
from handbook.cases.machine import HERE
from handbook.site import metadata
from handbook.site.domain import proof_lines
from handbook.site.domain.folds import details
from handbook.site.domain.ledger import Printed, case_link, loaded, printed
from handbook.site.look.name_marks import PROVED, is_own
from handbook.site.tables.table import table

BANNER = "The commands on this page have not been run in this build: run "
SUMMARY = "How each example was run"
HEAD = ("Example", "Run with", "Where and when", "Rests on")
NOT_RUN, UNPROVED = "not run here", "not checked in this build"
RAN = {  # a key of the proofs -> how a page says it
    "linux": "on Linux",
    "macos": "on macOS",
    "windows": "on Windows, in Git Bash",
    "wine": "with the Windows programs, under Wine",
}


def add(app: Sphinx, document: nodes.document) -> None:
    """Add to a page with examples their proofs, or a banner when none of them is proved."""
    here = printed(app.env).get(app.env.docname, {})
    section = document.next_node(nodes.section)
    if section is None or not any(what.runnable for what in here.values()):
        return
    if not any(what.state for what in here.values()):
        text = nodes.paragraph("", BANNER, nodes.literal("", "make test"), nodes.Text("."))
        section.insert(1, nodes.container("", text, classes=["unproved-page"]))
        return
    line = nodes.paragraph("", "", *counted(here), classes=["page-grade"])
    if is_own(app.config.handbook_names):
        line += nodes.inline("", PROVED, classes=["proof-names"])
    rows = [row(Path(app.srcdir), app.env.docname, name, here[name]) for name in here]
    section += [
        line,
        details(
            "",
            table(HEAD, rows, ["proofs"]),
            summary=SUMMARY,
            ids=[proof_lines.FOLD],
            classes=["page-proofs"],
        ),
    ]


def counted(here: dict[str, Printed]) -> list[nodes.Node]:
    """Return how many examples are checked on which system, on what they rest, and how many are inferred."""
    proved = [what.state for what in here.values() if what.state]
    seen = [state["grade"] for state in proved if not proof_lines.inferred(state)]
    tick = f"{proof_lines.SEEN} " if seen else ""
    counts = f"{len(seen)} of {len(here)} examples {RAN[HERE]}"
    said: list[nodes.Node] = [nodes.Text(f"{tick}Checked on this page: {counts}.")]
    if seen:
        grade = proof_lines.grade_link(proof.weakest(seen))
        said += [nodes.Text(" Weakest evidence: "), grade, nodes.Text(".")]
    if guessed := len(proved) - len(seen):
        said += [nodes.Text(" "), *proof_lines.run_with_inferred(), nodes.Text(f": {guessed}.")]
    for system in sorted({one for state in proved for one in state["also"]}):
        times = sum(system in state["also"] for state in proved)
        said.append(nodes.Text(f" Run {RAN.get(system, f'on {system}')}: {times}."))
    return said


def row(root: Path, page: str, name: str, what: Printed) -> list[list[nodes.Node]]:
    """Return the cells of one example."""
    title = case_link(page, name, nodes.inline("", loaded(root / "snippets" / name).title))
    if not what.state:
        return [[title], [nodes.Text(UNPROVED if what.runnable else NOT_RUN)], [], []]
    state = what.state
    where = "; ".join([f"{state['system']} ({state['date']})", *state["also"].values()])
    return [
        [title],
        [nodes.Text(proof_lines.client_of(state))],
        [nodes.Text(where)],
        [nodes.Text(f"{proof_lines.mark(state['grade'])} {proof.GRADES[state['grade']]}")],
    ]


def setup(app: Sphinx) -> dict:
    """Register the event; it comes after the ledger's own."""
    for extension in ("domain.folds", "domain.ledger", "look.name_marks"):
        app.setup_extension(f"handbook.site.{extension}")
    app.connect("doctree-read", add, priority=600)
    return metadata()
