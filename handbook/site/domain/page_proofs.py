"""The proofs at the end of a page: a line that counts them, and a collapsed table with a row per example."""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from handbook.cases import grades
from handbook.cases.case import Case
from handbook.cases.machine import HERE
from handbook.site import metadata
from handbook.site.domain import proof_lines
from handbook.site.domain.checkout import every_case
from handbook.site.domain.folds import details
from handbook.site.domain.sphinx_domain import link, of
from handbook.site.look.name_marks import PROVED, is_own
from handbook.site.tables.table import table

BANNER = "The commands on this page have not been run in this build: run "
SUMMARY = "How each example was run"
HEAD = ("Example", "Run with", "Where and when", "Rests on")
NOT_RUN, UNPROVED = "not run here", "not checked in this build"
RAN = {  # a system in the proofs -> how a page names it
    "linux": "on Linux",
    "macos": "on macOS",
    "windows": "on Windows, in Git Bash",
    "wine": "with the Windows programs, under Wine",
}


def add(app: Sphinx, document: nodes.document) -> None:
    """Add the proofs to a page with examples, or a banner if none of its examples is proved."""
    root, section = Path(app.srcdir), document.next_node(nodes.section)
    names = [name for kind, name in of(app.env).here() if kind == "case"]
    here = [(every_case(root)[name], proof_lines.state(root, name)) for name in names]
    if section is None or all(case.checked for case, _ in here):
        return
    if not any(state for _, state in here):
        text = nodes.paragraph("", BANNER, nodes.literal("", "make test"), nodes.Text("."))
        section.insert(1, nodes.container("", text, classes=["unproved-page"]))
        return
    line = nodes.paragraph("", "", *counted(here), classes=["page-grade"])
    if is_own(app.config.handbook_names):
        line += nodes.inline("", PROVED, classes=["proof-names"])
    section += [
        line,
        details(
            "",
            table(HEAD, [row(*one) for one in here], ["proofs"]),
            summary=SUMMARY,
            ids=[proof_lines.FOLD],
            classes=["page-proofs"],
        ),
    ]


def counted(here: list[tuple[Case, proof_lines.State | None]]) -> list[nodes.Node]:
    """Return how many examples are checked on which system, on what evidence, and how many are inferred."""
    proved = [state for _, state in here if state]
    seen = [state["grade"] for state in proved if not proof_lines.inferred(state)]
    tick = f"{proof_lines.SEEN} " if seen else ""
    on_this = sum(state["where"] == HERE and not proof_lines.inferred(state) for state in proved)
    counts = f"{on_this} of {len(here)} examples {RAN[HERE]}"
    said: list[nodes.Node] = [nodes.Text(f"{tick}Checked on this page: {counts}.")]
    if seen:
        grade = proof_lines.grade_link(grades.weakest(seen))
        said += [nodes.Text(" Weakest evidence: "), grade, nodes.Text(".")]
    if guessed := len(proved) - len(seen):
        said += [nodes.Text(" "), *proof_lines.run_with_inferred(), nodes.Text(f": {guessed}.")]
    ran = [proof_lines.ran_on(state) for state in proved]
    for system in sorted(set().union(*ran) - {HERE}):
        times = sum(system in one for one in ran)
        said.append(nodes.Text(f" Run {RAN.get(system, f'on {system}')}: {times}."))
    return said


def row(case: Case, state: proof_lines.State | None) -> list[list[nodes.Node]]:
    """Return the table cells of one example."""
    title = link("case", case.name, nodes.inline("", case.title))
    if not state:
        return [[title], [nodes.Text(NOT_RUN if case.checked else UNPROVED)], [], []]
    where = "; ".join([f"{state['system']} ({state['date']})", *state["also"].values()])
    return [
        [title],
        [nodes.Text(run_with(state))],
        [nodes.Text(where)],
        [nodes.Text(f"{proof_lines.mark(state['grade'])} {grades.GRADES[state['grade']]}")],
    ]


def run_with(state: proof_lines.State) -> str:
    """Return the client and version of the run, and the releases in which it was measured to do the same."""
    said = proof_lines.client_of(state)
    return f"{said}; holds in {state['releases']}, {state['tried']} tried" if state["tried"] > 1 else said


def setup(app: Sphinx) -> dict:
    """Register the event."""
    for extension in ("domain.folds", "domain.proof_lines", "domain.sphinx_domain", "look.name_marks"):
        app.setup_extension(f"handbook.site.{extension}")
    app.connect("doctree-read", add, priority=600)
    return metadata()
