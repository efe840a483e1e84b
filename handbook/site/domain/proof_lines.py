"""Statements on a page about the proofs of its cases, and the check that all are proved before publishing.

Config value `handbook_publish` (bool, default false): refuse to build while a case lacks a current proof.
"""

from collections.abc import Iterable
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging

from handbook.cases import case as cases
from handbook.cases import grades, proof
from handbook.cases.entry import CLIENTS
from handbook.cases.machine import HERE, WINE_NAME, windows_required
from handbook.site import metadata
from handbook.site.domain import checkout, step_list, version_ranges

GRADES_LABEL = "grades"  # the anchor `(grades)=` in guides/checked.md
WINE = "⊞"  # marks a run of the Windows client under Wine, never a run on Windows
SEEN, INFERRED = "✓", "≈"  # the marks of a result that rests on observed answers, and of any other
SCRIPT_ONLY = " · its commands; {} itself was not run"
FOLD = "page-proofs"  # the anchor of a page's own proofs, see `page_proofs.py`
# What a page shows: client, version, system, date, grade; "where" it ran; "wine": the statement about Wine;
# "also": other system -> its name and date; "releases": those in which the case was measured to hold,
# "tried": in how many of them; "unsafe": where a safety claim does not hold.
State = dict[str, str | int | list[str] | dict[str, str]]
logger = logging.getLogger(__name__)


files_now = checkout.once_a_build(proof.Checkout)  # root -> the files of this build, each read once


@checkout.once_a_build
def entries(root: Path) -> dict[str, dict[str, dict]]:
    """Return the proofs of this build, case -> system -> entry; a broken file is empty, with a warning.

    Proofs that other jobs handed over count only for other systems.
    """
    found: dict[str, dict[str, dict]] = {}
    for read in (proof.elsewhere, lambda root: [proof.load(root)]):  # proofs from here replace others
        try:
            for proofs in read(root):
                for name, systems in proofs.items():
                    found[name] = found.get(name, {}) | systems
        except proof.ProofError as error:
            logger.warning("%s", error, type="handbook", subtype="proof")
    return found


def named(entry: dict, where: str = HERE) -> str:
    """Return the system of an entry as a page names it; under Wine, only the client is for Windows."""
    kind = "for Windows, under " if where == WINE_NAME else ""
    return f"{kind}{entry['system']}, Python {entry['python']}"


def under(entry: dict | None) -> str:
    """Return the statement about a run under Wine: a client for Windows, not on Windows; "" if none."""
    return f"{WINE} for Windows, under {entry['system']}" if entry else ""


@checkout.once_a_build
def state(root: Path, name: str) -> State | None:
    """Return the parts of a case's proof that a page shows, or None without a current one from here."""
    case, now = checkout.every_case(root).get(name), files_now(root)
    found = {} if case is None or case.checked else entries(root).get(name, {})
    current = {where: one for where, one in sorted(found.items()) if not now.fault(case, where, one)}
    here = WINE_NAME if case and "only" in case.windows else HERE
    entry = current.pop(here, None)
    return entry and {
        **{field: entry[field] for field in ("client", "version", "date", "grade")},
        "where": here,
        "system": named(entry, here),
        "wine": under(entry if here == WINE_NAME else current.get(WINE_NAME)),
        "also": {where: f"{named(one, where)} ({one['date']})" for where, one in current.items()},
        # They are measured only with Linux builds.
        "releases": version_ranges.case_releases(root, name) if here == HERE else "",
        "tried": version_ranges.case_tried(root, name),
        "unsafe": version_ranges.unsafe(root, name),
    }


def requests(root: Path, case: cases.Case) -> dict[str, int] | None:
    """Return the number of requests of each sort in the case's proven run, None without a current proof."""
    shown = state(root, case.name)
    return entries(root)[case.name][shown["where"]]["requests"] if shown else None


def ran_on(state: State | None) -> set[str]:
    """Return the systems on which a case was proved with exactly the present files."""
    return {state["where"], *state["also"]} if state else set()


def line(case: cases.Case, entry: State | None) -> nodes.paragraph:
    """Return the small line under a case; the rest of its proof is at the end of the page."""
    if case.checked:
        source = nodes.reference("", "source", refuri=case.checked["source"], internal=False)
        reason = nodes.Text(f"Not run here: {case.checked['no']} (")
        children, state = [reason, source, nodes.Text(f", {case.checked['date']})")], "elsewhere"
    elif entry is None:
        children, state = [nodes.Text("Not checked in this build")], "unproved"
    else:
        state, said = "proved", f"{mark(entry['grade'])} {releases_of(entry)}"
        children = [nodes.reference("", said, refuri=f"#{FOLD}", internal=True)]
        children += [nodes.Text(", with an inferred answer")] if inferred(entry) else []
        children += [nodes.Text(f" · {entry['wine']}")] if entry["wine"] else []
        place = step_list.place_named(case)
        children += [nodes.Text(SCRIPT_ONLY.format(place))] if place else []
    return nodes.paragraph("", "", *children, classes=["proof", f"proof-{state}"])


def client_of(state: State) -> str:
    """Return the client's name, as its makers write it, with its version."""
    return f"{CLIENTS.get(state['client'], state['client'])} {state['version']}"


def releases_of(state: State) -> str:
    """Return the client's name and the releases in which the case holds, or its version without a record."""
    return f"{CLIENTS.get(state['client'], state['client'])} {state['releases'] or state['version']}"


def warnings(state: State | None) -> list[nodes.Node]:
    """Return a warning for each span of releases in which a safety claim of the case does not hold."""
    return [
        nodes.paragraph("", "", nodes.Text(f"⚠ {one}"), classes=["unsafe-releases"])
        for one in (state["unsafe"] if state else [])
    ]


def inferred(state: State) -> bool:
    """Return whether a result rests on an answer that nobody is known to have seen: it is not "checked"."""
    return mark(state["grade"]) == INFERRED


def mark(grade: str) -> str:
    """Return the mark of a result that rests on this grade."""
    return INFERRED if grade == "inferred" else SEEN


def run_with_inferred() -> list[nodes.Node]:
    """Return the words that replace "Checked" for an inferred result."""
    return [nodes.Text(f"{INFERRED} Run with an "), grade_link("inferred", "inferred answer")]


def grade_link(grade: str, words: str = "") -> nodes.Node:
    """Return the grade in a reader's words, or in `words`, linked to the explanation of the grades."""
    link = addnodes.pending_xref(
        "", refdomain="std", reftype="ref", reftarget=GRADES_LABEL, refexplicit=True, refwarn=True
    )
    link += nodes.inline("", words or grades.GRADES[grade], classes=["std", "std-ref"])
    return link


def refuse(app: Sphinx) -> None:
    """With `handbook_publish` on, stop unless every case that can run is proved with its present files.

    This raises SystemExit, because Sphinx prints a traceback for every error that it handles itself.
    """
    if not app.config.handbook_publish:
        return
    root, reasons = Path(app.srcdir), []
    try:
        proofs = proof.load(root)
    except proof.ProofError as error:
        raise SystemExit(f"Not published: {error}") from None
    now = files_now(root)
    due = [(HERE, HERE, "test"), *([(WINE_NAME, "windows", "windows")] if windows_required() else [])]
    for case in checkout.every_case(root).values():
        for where, place, target in due:
            entry = proofs.get(case.name, {}).get(where)
            why = now.fault(case, where, entry) if case.runs_on(place) else ""
            reasons += [f"{case.name}: {why}: run `make {target} CASE={case.name}`"] if why else []
    if reasons:
        raise SystemExit("\n".join(f"Not published: {reason}" for reason in reasons))


def start_over(app: Sphinx, error: Exception | None) -> None:
    """After a warning, discard the environment: else the next build would not repeat it, and would pass."""
    if app._warncount:  # Sphinx has no public counter
        (Path(app.doctreedir) / "environment.pickle").unlink(missing_ok=True)


def counts(root: Path, everything: Iterable[cases.Case]) -> dict[str, int]:
    """Return the number of cases per grade, best first, then the number of cases without a proof."""
    total = dict.fromkeys([*grades.GRADES.values(), "not run here", "not checked in this build"], 0)
    for case in everything:
        found = state(root, case.name)
        missing = "not run here" if case.checked else "not checked in this build"
        total[grades.GRADES[found["grade"]] if found else missing] += 1
    return total


def systems(root: Path, everything: Iterable[cases.Case]) -> dict[str, str]:
    """Return for each system how many of the runnable cases have run on it, in words."""
    runnable = [case for case in everything if not case.checked]
    ran = [ran_on(state(root, case.name)) for case in runnable]
    counted = {system: sum(system in one for one in ran) for system in (*cases.SYSTEMS, WINE_NAME)}
    return {
        system: f"{n} of {len(runnable)} examples" if n else "not run yet" for system, n in counted.items()
    }


def setup(app: Sphinx) -> dict:
    """Register the config value and the events."""
    app.setup_extension("handbook.site.domain.checkout")
    app.setup_extension("handbook.site.domain.version_ranges")
    app.add_config_value("handbook_publish", False, "", (bool,), "Refuse to build an unproved case.")
    app.connect("builder-inited", refuse)
    app.connect("build-finished", start_over)
    return metadata()
