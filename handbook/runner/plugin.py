"""The runner, a pytest plugin: it runs a case, reports on it, can rewrite its output, and proves it.

A test with the marker `cases` runs once per case and calls the fixture `prove`. Nothing else writes proofs.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handbook.cases import proof
from handbook.cases.case import OUTPUT, WINDOWS_OUTPUT, Case, CaseError, all_cases, find, folders, load
from handbook.cases.clients import CLIENTS, GROUPS, ClientError
from handbook.cases.machine import MissingError
from handbook.feed.recording import RecordingError
from handbook.runner import observation, run, system, wine
from handbook.runner.observation import Observation
from handbook.runner.wall import WallError

CANNOT_RUN = (
    CaseError,
    ClientError,
    RecordingError,
    MissingError,
    WallError,
    proof.ProofError,
    run.RunError,
)
PASTED = "_build/windows"  # what the cases print on Windows, for the test of the paste box
BROWSER = "browser"  # the fixture that every browser test uses
SYSTEMS = (system.HERE, system.WINE)  # the readers' systems whose clients can run here
KEPT = pytest.StashKey[dict[str, str]]()  # case -> date of its proof


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options for running the cases."""
    group = parser.getgroup("cases")
    group.addoption("--case", metavar="NAME", help="run that case alone and show it, such as pip/install-env")
    group.addoption(
        "--group", default="", help="run the cases of that group alone: handbook/cases/clients.toml has them"
    )
    group.addoption("--write", action="store_true", help="with --case: write what it prints into output.txt")
    group.addoption("--system", choices=[one.name for one in SYSTEMS], default=system.HERE.name)
    group.addoption("--changed", action="store_true", help="keep what is proved; open no browser")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Determine which cases are kept and not run; a worker gets this from the process that started it."""
    config.addinivalue_line("markers", "cases: runs once for each case; collect nothing else with --case")
    config.addinivalue_line(
        "markers", "runs: runs the case, or the client, that is its parameter; --group chooses among them"
    )
    config.stash[KEPT] = {}
    config.pluginmanager.register(Proofs(config))
    name = config.getoption("--case")
    try:
        if name:
            find(config.rootpath, name)
            config.option.reportchars += "sP"  # show a case that runs alone, whether it passes or fails
        if (wanted := config.getoption("--group")) and wanted not in GROUPS:
            raise CaseError(f"--group: {wanted!r} is not a group: use {', '.join(GROUPS)}")
        if config.getoption("--write") and not name:
            raise CaseError("--write: writes the output of one case: name it with --case")
        if hasattr(config, "workerinput"):
            config.stash[KEPT] = config.workerinput["kept"]
        elif config.getoption("--changed") and not name:
            config.stash[KEPT] = current(config.rootpath, reader(config), wanted)
    except CaseError as error:
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a worker which cases are kept, because all workers must collect the same tests."""
    node.workerinput["kept"] = node.config.stash[KEPT]


def reader(config: pytest.Config) -> system.System:
    """Return the reader's system that this run is for."""
    return next(one for one in SYSTEMS if one.name == config.getoption("--system"))


def current(root: Path, where: system.System, group: str) -> dict[str, str]:
    """Return the cases of a group whose proof for a system is current, each with its date."""
    try:
        entries = proof.load(root)
    except proof.ProofError:  # the end of the run reports it and rewrites the file
        return {}
    checkout, name = proof.Checkout(root), where.name
    cases = (case for case in all_cases(root) if case.runs_on(where.place) and case.group == group)
    found = ((case, entries.get(case.name, {}).get(name)) for case in cases)
    return {case.name: entry["date"] for case, entry in found if not checkout.fault(case, name, entry)}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize a test marked `cases` with each case that can run, or with the one selected by --case."""
    if not list(metafunc.definition.iter_markers("cases")):
        return
    root, name = metafunc.config.rootpath, metafunc.config.getoption("--case")
    place = reader(metafunc.config).place
    try:
        chosen = [load(find(root, name))] if name else [one for one in all_cases(root) if one.runs_on(place)]
    except CaseError as error:
        raise pytest.UsageError(str(error)) from None
    metafunc.parametrize("case", chosen, ids=lambda case: case.name)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests that the options exclude."""
    alone, quick, kept = config.getoption("--case"), config.getoption("--changed"), config.stash[KEPT]
    group = config.getoption("--group")

    def wanted(item: pytest.Item) -> bool:
        proves = item.get_closest_marker("cases")
        if proves or item.get_closest_marker("runs"):
            if not (case := item.callspec.params.get("case")):
                return not alone and CLIENTS[item.callspec.params["client"]].group == group
            return not (proves and case.name in kept) and (bool(alone) or case.group == group)
        return not alone and not group and not (quick and BROWSER in item.fixturenames)

    left_out = [item for item in items if not wanted(item)]
    items[:] = [item for item in items if wanted(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def harness(pytestconfig: pytest.Config) -> Iterator[run.Harness]:
    """Provide the place where cases run: wall, relay and current recording, once per process."""
    place = reader(pytestconfig)
    worker = getattr(pytestconfig, "workerinput", {"workerid": "gw0"})["workerid"]
    core = (
        wine.on_one_core(int(worker.removeprefix("gw"))) if place is system.WINE else contextlib.nullcontext()
    )
    with core, run.Harness(pytestconfig.rootpath, system=place) as opened:
        _ = opened.checkout.machinery  # digest the present files: this process runs nothing newer
        yield opened


@pytest.fixture
def prove(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Case], None]:
    """Return the function that runs, reports and proves a case; the test fails if the case does."""

    def prove_case(case: Case) -> None:
        if case.checked:
            pytest.skip(f"{case.name} is not run here: {case.checked['no']} ({case.checked['source']})")
        properties = request.node.user_properties
        properties.append(("case", case.name))
        try:
            harness: run.Harness = request.getfixturevalue("harness")
            place = harness.system.place
            if "hosts" in case.given and not harness.wall.stands:
                pytest.skip(
                    f"{case.name} needs the wall: its client finds the relay by the host's name alone"
                )
            seen = run.observe(harness, [case], tmp_path / "run")
            if request.config.getoption("--write"):
                case = written(case, seen, place)
            others = [one.on(place) for one in rivals(harness.root, case.client) if one.runs_on(place)]
            wrong = observation.differences(seen, case.on(place), others)
            if case.differs and place == "windows" and not observation.compare(seen, case):
                wrong.append("windows: it is the same there: take out of the folder what is said of it")
            entry = {} if wrong else run.proof_of(harness, case, seen)
        except CANNOT_RUN as error:
            pytest.fail(str(error), pytrace=False)
        for title, text in shown(case, seen, wrong):
            request.node.add_report_section("call", title, text)
        if harness.system is system.WINE:
            keep(harness.root / PASTED / f"{case.name}.txt", seen.printed)
        if wrong:
            pytest.fail(wrong[0].splitlines()[0], pytrace=False)
        properties.append(("proof", entry))

    return prove_case


def keep(file: Path, text: str) -> None:
    """Write the text that a Windows reader may paste into the box."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")


def written(case: Case, seen: Observation, place: str) -> Case:
    """Save what the client printed as the case's expected output; refuse to write a token to a file."""
    if "output" in seen.written:
        raise run.RunError(f"{case.name}: prints a token: its output is not written: let it print none")
    file = case.folder / (OUTPUT if place != "windows" or "only" in case.windows else WINDOWS_OUTPUT)
    if file.name == WINDOWS_OUTPUT and seen.output == case.output:
        file.unlink(missing_ok=True)  # the same output is kept only once
    else:
        file.write_text(seen.output, encoding="utf-8", newline="\n")
    return load(case.folder)


def shown(case: Case, seen: Observation, wrong: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the sections of a report about a run, each with its title."""
    yield f"commands, {seen.seconds:.2f} s", case.commands
    rows = [
        f"{one.status:<6}  {one.credential:18}  {one.kind:12}  {one.method} {one.url}"
        for one in seen.exchanges
    ]
    head = f"{'status':6}  {'credential':18}  {'host':12}  request"
    yield "requests", "\n".join([head, *rows] if rows else ["no request"])
    yield f"output, exit status {seen.exit}", seen.output
    if wrong:
        yield "differences", "\n".join(f"FAILED {one}" for one in wrong)


@functools.cache
def rivals(root: Path, client: str) -> list[Case]:
    """Return the cases of a client that run; skip a broken one, which its own run reports."""
    found = []
    for folder in folders(root):
        with contextlib.suppress(CaseError):
            found += [load(folder)] if folder.parent.name == client else []
    return [case for case in found if not case.checked]


class Proofs:
    """Collect each case's proof from the process that ran it, and write them all once, at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.proved: dict[str, dict] = {}
        self.failed: set[str] = set()
        self.said = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record what one case proved, or that it failed."""
        properties = dict(report.user_properties)
        if report.when == "call" and "case" in properties:
            if report.passed:
                self.proved[properties["case"]] = properties["proof"]
            else:
                self.failed.add(properties["case"])

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Replace a broken proof file now, because the site is built during the session and needs it."""
        try:
            proof.load(self.config.rootpath)
        except proof.ProofError:
            self.write(session)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the proofs, even if something else went wrong."""
        if self.proved or self.failed:
            self.write(session)

    def write(self, session: pytest.Session) -> None:
        """Write the proofs known so far; a worker leaves that to the process that started it."""
        if hasattr(self.config, "workerinput"):
            return
        try:
            said = proof.write(
                self.config.rootpath, self.config.getoption("--system"), self.proved, self.failed
            )
            self.said = self.said or said
        except OSError as error:
            self.said = f"_build/proof.json: cannot be written: {error.strerror}: free or unlock it"
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Report how many cases were kept, and any problem with the proof file."""
        if self.said:
            terminalreporter.write_line(self.said, red=True)
        kept = self.config.stash[KEPT]
        if self.config.getoption("--changed"):
            oldest = f" (oldest proof {min(kept.values())})" if kept else ""
            terminalreporter.write_line(f"{len(kept)} cases kept, not run{oldest}; no test in a browser")
