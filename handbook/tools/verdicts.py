"""Judge a case's run in another release of its client: the same, only other words, or something else.

The results are recorded in the version records.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable

from handbook.cases.case import Case
from handbook.cases.entry import Entry, lines
from handbook.cases.version_record import OTHERWISE, SAME, UNMEASURED, UNTRIED, WORDS, Span, series
from handbook.feed import hosts
from handbook.runner import observation

KINDS = {"feed": "the feed", "file-store": "the file store", "identity": "the identity service"}
KINDS |= {"public-index": "PyPI", "other": "another host"}
STOPPED = re.compile(r"^line \d+ of .* failed")  # which the exit status says, too
PLACES = {"output": "its output"}
SEED = "wheel"  # which old releases of virtualenv put into an environment by themselves
PRIVATE = "contoso-"  # the prefix of the examples' own packages


def verdict(case: Case, seen: dict, release: str, pinned: str) -> Span:
    """Return the result of one run, as the span of one release."""
    if "why" in seen:
        return Span(release, release, 1, UNMEASURED, seen["why"])
    wanted = observation.expected(case)
    unsafe = list(_unsafe(case, seen, wanted))
    if unsafe and (names := _back_ends(case, seen, wanted)):
        return Span(
            release, release, 1, UNMEASURED, f"its project pins {names} as the newest release needs it"
        )
    inferred = seen["guessed"] > 0
    what = [
        *_otherwise(seen, wanted),
        *(one.partition(":")[0] for one in seen["faults"] if not STOPPED.search(one)),
    ]
    if what:
        return Span(release, release, 1, OTHERWISE, "; ".join(what), "; ".join(unsafe), inferred)
    output = as_pinned(seen["output"], release, pinned)
    alike = not observation.words(output, case) and case.output in (None, output)
    return Span(release, release, 1, SAME if alike else WORDS, inferred=inferred)


def as_pinned(output: str, release: str, pinned: str) -> str:
    """Return an output with the release's own number replaced by the pinned one's."""
    return re.sub(rf"(?<![\w.]){re.escape(release)}(?![\w.]*\d)", pinned, output)


def message(entry: Entry, runs: Iterable[tuple[Case, Span, dict]], release: str, pinned: str) -> Span:
    """Return whether an entry's cases print the same lines of its message as in the pinned release."""
    due = set(lines(entry.message))
    silent, heard, why = [], [], ""
    for case, span, seen in runs:
        owed = due & set(lines(case.output or ""))
        if span.result == UNMEASURED:
            why = span.what
        elif owed:
            printed = set(lines(as_pinned(seen["output"], release, pinned)))
            (heard if owed <= printed else silent).append(case.name)
    if not silent and not heard:
        return Span(release, release, 1, UNMEASURED, why or "no case prints it here")
    if not silent:
        return Span(release, release, 1, SAME)
    by = f" by {', '.join(sorted(silent))}" if heard else ""
    return Span(release, release, 1, OTHERWISE, f"not printed{by}")


def spans(results: Iterable[Span], known: Iterable[str] = ()) -> tuple[Span, ...]:
    """Join the results of single releases, in their order, where neighbours have the same.

    known: all releases in their order. Where a whole minor series between two was not tried, that is a span
    of its own: what is so before and after it may be otherwise there.
    """
    found: list[Span] = []
    order = list(known)
    for one in results:
        last = found[-1] if found else None
        between = order[order.index(last.last) + 1 : order.index(one.first)] if last and order else []
        if missing := [two for two in between if series(two) not in (series(last.last), series(one.first))]:
            found.append(Span(missing[0], missing[-1], 0, UNTRIED))
            last = None
        if last and same(last, one):
            found[-1] = Span(
                last.first,
                one.last,
                last.tried + one.tried,
                last.result,
                last.what,
                last.unsafe,
                last.inferred,
            )
        else:
            found.append(one)
    return tuple(found)


def same(one: Span, other: Span) -> bool:
    """Return whether two results are equal."""
    return (one.result, one.what, one.unsafe, one.inferred) == (
        other.result, other.what, other.unsafe, other.inferred,
    )  # fmt: skip


def as_safe(one: Span, other: Span) -> bool:
    """Return whether two results mean the same to a reader: both or neither hold, with the same safety."""
    return (one.holds, one.unsafe) == (other.holds, other.unsafe)


def _unsafe(case: Case, seen: dict, wanted: dict) -> Iterable[str]:
    """Yield the safety claims of a case that do not hold."""
    known = wanted["asked"].get("public-index", [])
    more = _more(seen["asked"].get("public-index", []), known)
    if known:  # where PyPI is asked anyway, only a private name matters
        more = [one for one in more if one.startswith(PRIVATE)]
    if more:
        yield f"asks PyPI for {', '.join(more)}"
    taken = [what for what, kind in seen["installed"].items() if kind == "public-index"]
    known = [what for what, kind in wanted["installed"].items() if kind == "public-index"]
    if more := [one for one in _more(taken, known) if one.startswith(PRIVATE)]:
        yield f"installs {', '.join(more)} from PyPI"
    if more := _more(seen["written"], wanted["written"]):
        yield f"leaves the token in {', '.join(PLACES.get(one, one) for one in more)}"


def _more(found: Iterable[str], known: Iterable[str]) -> list[str]:
    return sorted(set(found) - set(known))


def _back_ends(case: Case, seen: dict, wanted: dict) -> str:
    """Return the build back ends that a run asked PyPI for, if it asked for nothing else unexpected."""
    more = set(_more(seen["asked"].get("public-index", []), wanted["asked"].get("public-index", [])))
    known = {package for packages in wanted["asked"].values() for package in packages}
    built = [*case.given.get("after", []), *filter(None, [case.given.get("project")])]
    folders = [case.folder, *(case.folder.parents[1] / name for name in built)]
    required: set[str] = set()
    for file in (file for folder in folders for file in folder.glob("**/pyproject.toml")):
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        for one in data.get("build-system", {}).get("requires", []):
            required.add(hosts.normalized(re.split(r"[^\w.-]", one)[0]))
    return ", ".join(sorted(more)) if more and more <= required - known else ""


def _otherwise(seen: dict, wanted: dict) -> Iterable[str]:
    """Yield the differences from a case's expectations in words, the most noticeable first."""
    if seen["exit"] != wanted["exit"]:
        yield f"exit {seen['exit']}"
    more, less = (
        {kind: _more(one["asked"].get(kind, []), other["asked"].get(kind, [])) for kind in KINDS}
        for one, other in ((seen, wanted), (wanted, seen))
    )
    for kind in ("feed", "public-index", "identity", "other"):
        instead = ", not the feed," if kind == "public-index" and more[kind] == less["feed"] else ""
        if more[kind]:
            yield f"asks {KINDS[kind]}{instead} for {_about(more[kind])}"
        if less[kind] and (kind != "feed" or less[kind] != more["public-index"]):
            yield f"does not ask {KINDS[kind]} for {_about(less[kind])}"
    installed = (seen["installed"], wanted["installed"])
    for what, kind in sorted(installed[0].items() - installed[1].items()):
        if kind == "nowhere" and what.split()[0] == SEED:
            continue
        yield f"installs {what} from {KINDS.get(kind, 'elsewhere')}"
    for what in _more(installed[1], installed[0]):
        yield f"does not install {what}"
    if seen["uploaded"] != wanted["uploaded"]:
        files = _more(seen["uploaded"], wanted["uploaded"])
        yield f"uploads {', '.join(files)}" if files else "uploads less"
    if seen["refused"] != wanted["refused"]:
        yield f"is answered {', '.join(seen['refused'])}" if seen["refused"] else "is not refused"
    if seen["sent"] != wanted["sent"]:
        yield "sends another credential" if seen["sent"] else "sends no credential"
    for what in _more(seen["written"], wanted["written"]):
        yield f"leaves the token in {PLACES.get(what, what)}"
    for what in _more(wanted["written"], seen["written"]):
        yield f"does not leave the token in {PLACES.get(what, what)}"


def _about(packages: Iterable[str]) -> str:
    return ", ".join("its pages" if one == "-" else one for one in packages)
