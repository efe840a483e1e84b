"""Run a case as printed, by the real client, and compare what happened with what the case says.

`Laboratory` holds what runs share (wall, relay, recording); `observe` runs and reports; `compare`
returns the differences, one line each, so that one observation can be held against any expectation.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import string
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from checks import clients, names, outputs, proof
from checks.case import Case, load
from checks.wall import Wall
from feed import credentials, forms, hosts, recording
from feed.messages import Request, Response
from feed.packages import File, from_filename, wheel
from feed.public_index import PublicIndex
from feed.relay import Relay

CASSETTES = Path("tests/cassettes")
PROVENANCE = "provenance.json"
TODAY = ("test_feed", "test_feed_upload")
BEFORE = ("test_feed_before",)
# What a stranger has published on the public index, and one package that is public on purpose.
PUBLIC = [
    wheel("contoso-utils", "1.1.0", supplier="a stranger"),
    wheel("contoso-utils", "9.9.9", supplier="a stranger"),
    wheel("idna", "3.11", supplier="PyPI"),
]
TOKEN_LENGTH = 84
PROMPT = re.compile(r"^(User for |Enter your |Username:|Password:|Username for)", re.MULTILINE)
SECONDS = 120


class RunError(Exception):
    """A case that cannot be run at all; the message is one line with the cure."""


@dataclass
class Exchange:
    """One request as a reader of a report needs it."""

    method: str
    url: str
    kind: str
    package: str
    credential: str
    status: int


@dataclass
class Observation:
    """What happened in one run. `installed` maps "package version" to the kind of host it came from."""

    exit: int
    output: str
    asked: dict[str, list[str]]
    installed: dict[str, str]
    uploaded: list[str]
    exchanges: list[Exchange]
    faults: list[str]
    cassettes: list[str]
    grade: str
    seconds: float
    bare_seconds: float


@dataclass
class Laboratory:
    """What all runs of one process share. Use it as a context manager.

    root: the checkout. cassettes: the folder of the recording, by default tests/cassettes. parts: the
    sub-folders to play, by default the feed as it is today.
    """

    root: Path
    cassettes: Path | None = None
    parts: tuple[str, ...] = TODAY
    public: list[File] = field(default_factory=lambda: list(PUBLIC))

    def __enter__(self) -> Laboratory:
        folder = self.cassettes or self.root / CASSETTES
        self.recorded = recording.load(folder, self.parts)
        self.grades = {
            f"{part}/{name}": grade for part in self.parts for name, grade in read_provenance(folder / part).items()
        }
        self.wall = Wall()
        self.relay = Relay(lambda _: Response(404, "Not Found"), self.wall.listening, direct=self.wall.stands)
        self.relay.__enter__()
        self.index = PublicIndex(self.public)
        return self

    def __exit__(self, *_: object) -> None:
        self.relay.__exit__()
        self.wall.close()


def read_provenance(folder: Path) -> dict[str, str]:
    """Return the grade of each cassette, from the file beside them."""
    path = folder / PROVENANCE
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {name: entry["grade"] for name, entry in entries.items()}
    except (OSError, ValueError, KeyError, TypeError):
        raise recording.RecordingError(f"{path}: missing or broken: record the feed with `make record`") from None


@dataclass
class Desk:
    """One reader's computer: home, project folder, programs, credentials. Several cases may share it."""

    laboratory: Laboratory
    folder: Path
    cases: list[Case]

    def __post_init__(self) -> None:
        self.home = self.folder / "home"
        self.project = self.home / "project"
        self.temporary = self.folder / "tmp"
        for path in (self.project, self.temporary):
            path.mkdir(parents=True)
        self.clients = sorted({case.client for case in self.cases})
        self.secrets: dict[str, str] = {}
        self.words: dict[str, str] = {}
        self.variables: dict[str, str] = {}
        self.typed = ""
        for case in self.cases:
            self._give_credentials(case)
        root = self.laboratory.root
        clients.put_on_path(root, self.clients, self.folder / "bin")
        path = [str(self.folder / "bin"), clients.system_path()]
        if "pip" in self.clients:
            path.insert(0, str(clients.make_reader_environment(root, self.folder / "environment")))
        certificate = self.folder / "authority.pem"
        certificate.write_bytes(self.laboratory.relay.certificate)
        self.environment = {
            "HOME": str(self.home),
            "PATH": os.pathsep.join(path),
            "TMPDIR": str(self.temporary),
            **clients.harness_variables(self.clients, self.laboratory.relay.url, certificate),
        }

    def _give_credentials(self, case: Case) -> None:
        """Make a fresh token for each credential of a case; a placeholder word stands for itself."""
        for where, what in case.credential.items():
            if where != "stdin" and not where.isupper():
                self.words[where] = what
                continue
            token = next((known for known, meaning in self.secrets.items() if meaning == what), "")
            if not token:
                token = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(TOKEN_LENGTH))
                self.secrets[token] = what
            if where == "stdin":
                self.typed += token + "\n"
            else:
                self.variables[where] = token

    def lay_out(self, case: Case) -> None:
        """Put the case's files where a reader on Linux puts them."""
        for name in case.files:
            place = case.place[name]["linux"]
            target = self.home / place[2:] if place.startswith("~/") else self.project / place
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(case.folder / name, target)

    def provide(self, case: Case) -> None:
        """Put the distributions that the case takes for granted where it says, in the project folder."""
        for place in case.given.get("dist", []):
            target = self.project / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(from_filename(target.name).content)

    def leaked(self, output: str) -> list[str]:
        """Return where a token of this run stands: in the output, or in a file below home."""
        forms_of = [
            form
            for token in self.secrets
            for form in (token, base64.b64encode(f"{names.USER}:{token}".encode()).decode())
        ]
        found = ["the output shows a token"] if any(form in output for form in forms_of) else []
        for path in sorted(self.home.rglob("*")):
            if path.is_file() and not path.is_symlink():
                content = path.read_bytes()
                if any(form.encode() in content for form in forms_of):
                    found.append(f"a token was written to ~/{path.relative_to(self.home)}")
        return found


def observe(laboratory: Laboratory, cases: list[Case], folder: Path, provided: bool = True) -> Observation:
    """Run one case, or several in one shell and one home, and report what happened.

    folder: an empty place for this run. provided: whether the cases' `given` is put in place; a
    tutorial runs without, because each step finds what the steps before it made.
    """
    started = time.perf_counter()
    before = [load(laboratory.root / "snippets" / name) for case in cases for name in case.given.get("after", [])]
    before = before if provided else []
    desk = Desk(laboratory, folder, before + cases)
    uploaded: frozenset[str] = frozenset()
    if provided:
        for case in cases:
            desk.provide(case)
            uploaded |= set(case.given.get("feed", []))
    player = recording.Player(
        laboratory.recorded, credentials.classifier(desk.secrets | desk.words), uploaded
    )
    relay = laboratory.relay
    relay.app = lambda request: (laboratory.index if hosts.kind(request.host) == "public-index" else player)(request)
    for case in before:
        result, _, _ = _execute(desk, [case])
        if result.returncode:
            raise RunError(f"{case.name}, which must come first, failed: run `make test CASE={case.name}`")
    relay.forget()
    result, failed_at, bare = _execute(desk, cases)
    exchanges = [_exchange(request, answer, player.classify) for request, answer in relay.log]
    faults = _faults(relay, player, exchanges, result.stdout, failed_at, cases[-1])
    faults += desk.leaked(result.stdout)
    grades = [laboratory.grades[name] for name in player.rests_on]
    grades += ["documented"] if any(one.kind == "public-index" for one in exchanges) else []
    return Observation(
        exit=result.returncode,
        output=outputs.normalised(result.stdout, desk.home, desk.temporary),
        asked=_asked(exchanges),
        installed=_installed(desk, relay.log),
        uploaded=_accepted(relay.log),
        exchanges=exchanges,
        faults=faults,
        cassettes=sorted(player.consumed),
        grade=proof.weakest(grades or ["local"]),
        seconds=time.perf_counter() - started,
        bare_seconds=bare,
    )


def _execute(desk: Desk, cases: list[Case]) -> tuple[subprocess.CompletedProcess[str], int, float]:
    """Run the commands as `bash -eo pipefail` does; return the result, the failing line, the time."""
    failed = desk.folder / "failed"
    trap = desk.folder / "trap.sh"
    # Outside the printed commands: remembers which line failed, then leaves no trace for the client.
    trap.write_text(f"unset BASH_ENV\ntrap 'echo $LINENO >{failed}' ERR\n", encoding="utf-8")
    script = desk.folder / "run.sh"
    for case in cases:
        desk.lay_out(case)
    script.write_text("".join(case.commands for case in cases), encoding="utf-8")
    command = desk.laboratory.wall.inside(["bash", "-eo", "pipefail", str(script)])
    started = time.perf_counter()
    result = subprocess.run(
        command,
        cwd=desk.project,
        env={**desk.environment, **desk.variables, "BASH_ENV": str(trap)},
        input=desk.typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=SECONDS,
    )
    bare = time.perf_counter() - started
    return result, int(failed.read_text().split()[-1]) if failed.exists() else 0, bare


def last_command(commands: str) -> int:
    """Return the number of the line on which the last command of a script begins."""
    lines = commands.splitlines()
    number = max((n for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")), default=0)
    while number > 1 and lines[number - 2].endswith("\\"):
        number -= 1
    return number


def _faults(
    relay: Relay, player: recording.Player, exchanges: list[Exchange], output: str, failed_at: int, last: Case
) -> list[str]:
    """Return what fails a case whatever it expects."""
    found = [f"not in the recording: {question}" for question in player.missed]
    found += [f"contact with another host: {what}" for what in relay.refused]
    found += [f"TLS failed: {what}" for what in relay.tls_errors]
    found += [
        f"{one.method} {one.url} was answered {one.status}, after which clients retry"
        for one in exchanges
        if one.status >= 500 or one.status == 429
    ]
    if PROMPT.search(output):
        found.append("the client asked for a user name or a password")
    if failed_at and failed_at < last_command(last.commands):
        found.append(f"line {failed_at} of run.sh failed, and it is not the last command")
    return found


def _exchange(request: Request, answer: Response, classify: credentials.Classify) -> Exchange:
    return Exchange(
        request.method,
        request.url,
        hosts.kind(request.host),
        hosts.package(request) or "-",
        classify(request.header("Authorization")),
        answer.status,
    )


def _asked(exchanges: Iterable[Exchange]) -> dict[str, list[str]]:
    """Return which kinds of host were asked for which packages; "-" is a request about none."""
    asked: dict[str, set[str]] = {}
    for one in exchanges:
        asked.setdefault(one.kind, set()).add(one.package)
    return {kind: sorted(packages) for kind, packages in sorted(asked.items())}


def _installed(desk: Desk, log: list[tuple[Request, Response]]) -> dict[str, str]:
    """Return what stands in the reader's environments, each with the kind of host that supplied it."""
    found = {}
    for place in (desk.folder / "environment", desk.home):
        for info in place.rglob("site-packages/*.dist-info"):
            name, _, version = info.name.removesuffix(".dist-info").partition("-")
            if name == "pip":
                continue
            package = hosts.normalized(name)
            found[f"{package} {version}"] = next(
                (
                    hosts.kind(request.host)
                    for request, answer in reversed(log)
                    if answer.status in (200, 206)
                    and hosts.kind(request.host) in ("file-store", "public-index")
                    and f"{name}-{version}" in request.url
                ),
                "nowhere",
            )
    return dict(sorted(found.items()))


def _accepted(log: list[tuple[Request, Response]]) -> list[str]:
    """Return the names of the files that the feed took in."""
    uploads = [forms.read(request) for request, answer in log if request.method == "POST" and answer.status == 200]
    return sorted(upload.filename for upload in uploads if upload)


def compare(seen: Observation, case: Case, output: bool = True) -> list[str]:
    """Return how an observation differs from what a case expects, one line each; empty: proved.

    output: whether `output.txt` counts. It is a snapshot: a difference in it alone kills no mutation.
    """
    differences = list(seen.faults)
    expected = {
        "exit": case.exit,
        "asked": {kind: sorted(packages) for kind, packages in sorted(case.asked.items())},
        "installed": dict(sorted(case.result.get("installed", {}).items())),
        "uploaded": sorted(case.result.get("uploaded", [])),
    }
    for what, value in expected.items():
        if getattr(seen, what) != value:
            differences.append(f"{what}: expected {value}, saw {getattr(seen, what)}")
    if output and case.output is not None and seen.output != case.output:
        differences.append(f"output.txt differs; the client printed:\n{seen.output}")
    return differences


def proof_of(root: Path, case: Case, seen: Observation) -> dict[str, object]:
    """Return the proof entry of a case that passed."""
    inputs = [(CASSETTES / name).as_posix() for name in seen.cassettes]
    return {
        "client": case.client,
        "version": clients.version(root, case.client),
        "system": clients.system(),
        "date": date.today().isoformat(),
        "grade": seen.grade,
        "inputs": inputs,
        "digest": proof.digest(root, case, inputs),
    }
