"""Run a case exactly as printed, with the real client.

`Harness` holds what runs share (wall, relay, recording). `observe` runs a case and reports what happened;
`observation.compare` compares that with the case.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from pathlib import Path

from handbook.cases import grades, proof
from handbook.cases.case import Case, CaseError, find, load
from handbook.feed import credentials, hosts, identity, recording
from handbook.feed.http import Response
from handbook.feed.packages import File, wheel
from handbook.feed.public_index import PublicIndex
from handbook.feed.relay import Relay
from handbook.runner import normalise, observation, packed, pipelines, programs, shells, system, wine
from handbook.runner.execution import EndlessError, execute
from handbook.runner.observation import Observation
from handbook.runner.sandbox import Sandbox
from handbook.runner.sandbox_wine import WineSandbox
from handbook.runner.wall import Wall

CASSETTES = Path(proof.CASSETTES)
# The feed as it was in the past; every other folder of cassettes shows today's feed.
BEFORE = ("test_before",)
# Packages that a stranger has published on PyPI, and one that is public on purpose.
PUBLIC = [
    wheel("contoso-utils", "1.1.0", supplier="a stranger"),
    wheel("contoso-utils", "9.9.9", supplier="a stranger"),
    wheel("contoso-cli", "9.9.9", supplier="a stranger", command="contoso-cli"),
    wheel("idna", "3.11", supplier="PyPI"),
    wheel("certifi", "2025.11.12", supplier="PyPI"),
    wheel("certifi", "2026.1.4", supplier="PyPI"),
]
SECONDS = 120


class RunError(Exception):
    """A case that cannot be run at all; the message is one line with the cure."""


class SilentError(RunError):
    """Wine itself did not answer, before or after the commands of a run."""


class SlowError(RunError):
    """Commands that ran too long or printed too much; all their processes have been ended."""


@dataclass
class Harness:
    """Everything that the runs of one process share. Use it as a context manager.

    root: the checkout. cassettes: the folder of the recording, by default tests/cassettes. parts: the
    sub-folders to play, by default those that show today's feed. seconds: how long a run's commands may take.
    walled: whether the clients run behind the wall, if the system has one; only a benchmark turns it off.
    system: the reader's system, by default this machine's.
    """

    root: Path
    cassettes: Path | None = None
    parts: tuple[str, ...] = ()
    public: list[File] = field(default_factory=lambda: list(PUBLIC))
    seconds: int = SECONDS
    walled: bool = True
    system: system.System = system.HERE

    def __enter__(self) -> Harness:
        folder = self.cassettes or self.root / CASSETTES
        self.parts = self.parts or today(folder)
        self.recorded = recording.load(folder, self.parts)
        self.grades = {
            f"{part}/{name}": grade
            for part in self.parts
            for name, grade in read_provenance(folder / part).items()
        }
        self.checkout = proof.Checkout(self.root)
        self.wall = Wall(self.walled)
        self.relay = Relay(lambda _: Response(404, "Not Found"), self.wall.listening, direct=self.wall.stands)
        self.relay.__enter__()
        return self

    def answering(self, classify: credentials.Classify, uploaded: frozenset[str]) -> recording.Player:
        """Return the app that answers the requests of one run, before which these files were uploaded."""
        return recording.Player(self.recorded, classify, uploaded)

    def version(self, client: str) -> str:
        """Return the version of a client on the reader's system."""
        if self.system is system.WINE and client != "bash":
            return wine.client_version(self.root, client)
        return programs.version(self.root, client)

    def __exit__(self, *_: object) -> None:
        self.relay.__exit__()
        self.wall.close()


def today(folder: Path) -> tuple[str, ...]:
    """Return the sub-folders of a recording that show the feed as it is today."""
    found = sorted(path.parent.name for path in folder.glob(f"*/{grades.PROVENANCE}"))
    return tuple(name for name in found if name not in BEFORE)


def read_provenance(folder: Path) -> dict[str, str]:
    """Return the grade of each cassette in a folder, from the provenance file beside them."""
    try:
        return grades.of_answers(folder)
    except grades.GradeError as error:
        raise recording.RecordingError(str(error)) from None


def _earlier(root: Path, case: Case, name: str) -> Path:
    """Return the folder of a case that must run first: a copy beside this case, or the original."""
    beside = case.folder.parents[1] / name
    try:
        return beside if beside.is_dir() else find(root, name)
    except CaseError as error:
        raise RunError(f"{case.name}: given.after names {error}") from None


def observe(
    harness: Harness,
    cases: list[Case],
    folder: Path,
    provided: bool = True,
    earlier: list[Case] | None = None,
) -> Observation:
    """Run one case, or several in one shell and one home, and report what happened.

    folder: an empty place for this run. provided: whether to provide the cases' `given`; a tutorial runs
    without it, because each step uses the results of the steps before it. earlier: the cases that run before,
    in place of those that `given.after` names. If Wine did not start a program, or did not answer, the run
    shows nothing of the client, and is begun again, once, in a new place.
    """
    with contextlib.suppress(SilentError):
        seen = _observe(harness, cases, folder, provided, earlier)
        if harness.system is not system.WINE or not wine.NOT_STARTED.search(seen.output):
            return seen
    return _observe(harness, cases, folder.with_name(f"{folder.name}-again"), provided, earlier)


def _observe(
    harness: Harness, cases: list[Case], folder: Path, provided: bool, earlier: list[Case] | None
) -> Observation:
    started = time.perf_counter()
    place = harness.system.place
    cases = [case.on(place) for case in cases]
    if earlier is None:
        named = [(case, name) for case in cases for name in case.given.get("after", []) if provided]
        earlier = [load(_earlier(harness.root, case, name)) for case, name in named]
    before = [case.on(place) for case in earlier]
    kind = WineSandbox if harness.system is system.WINE else Sandbox
    sandbox = kind(harness.root, harness.relay, folder, before + cases, harness.system)
    uploaded: frozenset[str] = frozenset()
    if provided:
        for case in cases:
            sandbox.provide(case)
            uploaded |= set(case.given.get("feed", []))
    known = sandbox.secrets | sandbox.words | credentials.sessions()
    without = "anonymous" if cases[-1].given.get("visibility") == "public" else "none"
    player = harness.answering(credentials.classifier(known, without=without), uploaded)
    # For the feed, an unknown credential is a wrong one; a report distinguishes the two.
    named = credentials.classifier(known | {"": "none"}, unknown="unknown", without=without)
    relay = harness.relay
    names = sorted({name for case in before + cases for name in case.given.get("public", [])})
    tools = {name: packed.wheels(harness.root, name) for name in names}
    listed = {one for name in names for one in packed.direct(harness.root, name)}
    needed = {hosts.normalized(file.name) for files in tools.values() for file in files} - listed
    # Before a command pip asks for a newer pip. There is none: the version does not change with the day.
    own = [] if "pip" in tools else [wheel("pip", harness.version("pip"), supplier="PyPI")]
    index = PublicIndex([*own, *harness.public, *(file for files in tools.values() for file in files)])
    stand_ins = {"public-index": index}
    if sandbox.identity:  # otherwise the recording answers, which contains a token exchange
        stand_ins["identity"] = identity.TokenEndpoint(sandbox.identity)
    relay.app = lambda request: stand_ins.get(hosts.kind(request.host), player)(request)
    for case in before:
        if _execute(harness, sandbox, [case])[0]:
            raise RunError(f"{case.name}, which must come first, failed: run `make test CASE={case.name}`")
    relay.forget()
    status, printed, failed_at, bare = _execute(harness, sandbox, cases)
    printed = pipelines.masked(cases[-1], printed)
    asked = [observation.exchange(request, answer, named) for request, answer in relay.log]
    exchanges = observation.without_pip(asked, cases)
    script = "".join(case.commands for case in cases)
    faults = observation.faults(relay, player, asked, printed, failed_at, script, cases[-1].script)
    faults += [one for case in cases for one in pipelines.differences(case)]
    # A printed sentence of the service counts with the grade of its evidence.
    said = sorted(phrase.id for phrase in player.said if phrase.stands_in(printed))
    graded = [harness.grades[name] for name in player.rests_on]
    graded += [harness.checkout.phrases[one] for one in said]
    shown = normalise.normalised(printed, *sandbox.shown(), sandbox.programs)
    return Observation(
        exit=status,
        output=shown if place != "windows" or "only" in cases[-1].windows else normalise.placed(shown),
        asked=observation.asked(exchanges, needed),
        installed=observation.installed(sandbox, relay.log, needed, listed),
        uploaded=observation.accepted(relay.log),
        refused=observation.refused(exchanges),
        sent=observation.sent(exchanges),
        exchanges=exchanges,
        written=[normalise.named(one) for one in sandbox.written(printed)],
        faults=faults,
        cassettes=sorted(player.consumed),
        rests_on=sorted(player.rests_on),
        said=said,
        grade=grades.of_run(graded, [one.kind for one in exchanges]),
        seconds=time.perf_counter() - started,
        bare_seconds=bare,
        printed=sandbox.as_printed(printed),
    )


def _execute(harness: Harness, sandbox: Sandbox, cases: list[Case]) -> tuple[int, str, int, float]:
    """Run the commands until one fails; return the status, the output, the failing line and the time."""
    for case in cases:
        sandbox.lay_out(case)
    shell, variables, failed = shells.prepare(sandbox, cases)
    wall = harness.wall
    wall.share(sandbox.folder)
    if hosts_there := {host for case in cases for host in case.given.get("hosts", [])}:
        listed = sandbox.folder / "hosts"
        listed.write_text("".join(f"127.0.0.1 {name}\n" for name in ("localhost", *sorted(hosts_there))))
        wall.name(listed)
    command = wall.inside(shell, sandbox.project)
    environment = {**sandbox.environment, **sandbox.variables, **variables}
    started = time.perf_counter()
    try:
        sandbox.begin(wall)
        status, printed = execute(
            command, sandbox.project, environment, sandbox.typed, harness.seconds, lambda: sandbox.end(wall)
        )
    except EndlessError as error:
        raise SlowError(f"{cases[-1].name}: {error}: correct {cases[-1].script}") from None
    except wine.WineError as error:
        wall.tidy()
        kind = SilentError if isinstance(error, wine.SilentError) else RunError
        raise kind(f"{cases[-1].name}: {error}") from None
    if sandbox.fault:
        kind = SilentError if sandbox.fault == wine.SILENT else RunError
        raise kind(f"{cases[-1].name}: {sandbox.fault}")
    bare = time.perf_counter() - started
    return status, printed, int(failed.read_text().split()[-1]) if failed.exists() else 0, bare


def proof_of(harness: Harness, case: Case, seen: Observation) -> dict[str, object]:
    """Return the proof entry of a case that passed; RunError if a client's version is not the locked one."""
    for lock in sorted(proof.locks([case]) - {"locks/site.txt"}):
        name = Path(lock).stem
        if (installed := harness.version(name)) != harness.checkout.version(name):
            raise RunError(f".envs/{name}: {name} {installed} is not what {lock} pins: run `make setup`")
    return harness.checkout.signed(
        case,
        harness.system.name,
        version=harness.version(case.client),
        **proof.surroundings(harness.wall.stands, harness.system.name, harness.root),
        grade=seen.grade,
        inputs=[(CASSETTES / name).as_posix() for name in seen.cassettes],
        rests_on=[(CASSETTES / name).as_posix() for name in seen.rests_on],
        said=seen.said,
        requests=observation.counted(seen.exchanges),
    )
