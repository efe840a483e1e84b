"""What happened in a run, read from the relay's log and the reader's home, and compared with the case."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from handbook.cases.case import Case, classes
from handbook.feed import credentials, hosts, recording, upload_form
from handbook.feed.http import Request, Response
from handbook.feed.relay import Relay
from handbook.runner.sandbox import Sandbox

WARNING = re.compile(r"warning\b", re.IGNORECASE)
COMMENT = re.compile(r"\s*(#|::|rem\b)", re.IGNORECASE)  # in bash or cmd
# A new environment may already contain setuptools; pre-commit builds a package of its own.
MADE_HERE = {"setuptools", "pre-commit-placeholder-package"}
PROMPT = re.compile(r"^(User for |Enter your |Username:|Password:|Username for)", re.MULTILINE)


@dataclass
class Exchange:
    """One request, with the details that a report shows."""

    method: str
    url: str
    kind: str
    package: str
    credential: str
    status: int


@dataclass
class Observation:
    """What happened in one run.

    installed: "package version" to the kind of host that supplied it. refused: the final error statuses of
    the feed, such as "409"; a 401 that the client answers by sending its credential does not count. sent: the
    classes of the tokens that reached the feed; "unknown" is one that no case gave. written: where a token of
    the run is afterwards: "output" or a file below home.
    """

    exit: int
    output: str
    asked: dict[str, list[str]]
    installed: dict[str, str]
    uploaded: list[str]
    refused: list[str]
    sent: list[str]
    written: list[str]
    exchanges: list[Exchange]
    faults: list[str]
    cassettes: list[str]
    rests_on: list[str]
    said: list[str]
    grade: str
    seconds: float
    bare_seconds: float
    printed: str = ""  # the raw output, with a placeholder for the reader's home


def last_command(commands: str) -> int:
    """Return the number of the line on which the last command of a script begins."""
    lines = commands.splitlines()
    number = max(
        (n for n, line in enumerate(lines, 1) if line.strip() and not COMMENT.match(line)),
        default=0,
    )
    while number > 1 and lines[number - 2].endswith("\\"):
        number -= 1
    return number


def faults(
    relay: Relay,
    player: recording.Player,
    exchanges: list[Exchange],
    output: str,
    failed_at: int,
    script: str,
    file: str = "run.sh",
) -> list[str]:
    """Return faults that fail any case; `failed_at` is the line of `script` that failed, or 0."""
    found = [f"not in the recording: {question}" for question in player.missed]
    found += [f"contact with another host: {what}" for what in relay.refused]
    found += [f"TLS failed: {what}" for what in relay.tls_errors]
    found += [
        f"{one.method} {one.url} was answered {one.status}, after which clients retry"
        for one in exchanges
        if one.status >= 500 or one.status == 429
    ]
    found += [
        f"{request.method} {request.url} carries a token without a user name, which Poetry 2.0 passes over"
        for request, _ in relay.log
        if credentials.user_name(request.header("Authorization")) == ""
        and credentials.password(request.header("Authorization"))  # .NET sends empty ones to a closed page
    ]
    found += [
        f"{request.method} {request.url} carries a token as the user name, on which sources disagree"
        for (request, _), one in zip(relay.log, exchanges, strict=True)
        if credentials.user_name(request.header("Authorization"))
        and not credentials.password(request.header("Authorization"))
        and one.credential not in (*credentials.WITHOUT, "unknown")
    ]
    if PROMPT.search(output):
        found.append("the client asked for a user name or a password")
    if failed_at and failed_at < last_command(script):
        found.append(f"line {failed_at} of {file} failed, and it is not the last command")
    return found


def exchange(request: Request, answer: Response, classify: credentials.Classify) -> Exchange:
    """Return one entry of the relay's log in the form that a report shows."""
    kind, credential = hosts.kind(request.host), classify(request.header("Authorization"))
    if credential in credentials.WITHOUT and kind != "feed":
        credential = "none"  # only a feed is public
    package = hosts.package(request) or "-"
    return Exchange(request.method, request.url, kind, package, credential, answer.status)


def without_pip(exchanges: Iterable[Exchange], cases: Collection[Case]) -> list[Exchange]:
    """Leave out what pip asks about itself before a command, unless a case is about that question."""
    named = {one for case in cases for packages in case.asked.values() for one in packages}
    return [one for one in exchanges if one.package != "pip" or "pip" in named]


def counted(exchanges: Iterable[Exchange]) -> dict[str, int]:
    """Return the number of requests of each sort (kind of host, method, status: "feed GET 401")."""
    return dict(sorted(Counter(f"{one.kind} {one.method} {one.status}" for one in exchanges).items()))


def asked(exchanges: Iterable[Exchange], needed: Collection[str] = ()) -> dict[str, list[str]]:
    """Return the kinds of host that were asked, with the packages; "-" is a request about no package.

    needed: the dependencies of a tool from PyPI, which are not listed.
    """
    asked: dict[str, set[str]] = {}
    for one in exchanges:
        if one.kind != "public-index" or one.package not in needed:
            asked.setdefault(one.kind, set()).add(one.package)
    return {kind: sorted(packages) for kind, packages in sorted(asked.items())}


def refused(exchanges: Iterable[Exchange]) -> list[str]:
    """Return the error statuses (400 and above) that were the feed's last answer to a request."""
    last = {(one.method, one.url): one.status for one in exchanges if one.kind == "feed"}
    return sorted({str(status) for status in last.values() if status >= 400})


def sent(exchanges: Iterable[Exchange]) -> list[str]:
    """Return the credential classes that reached the feed."""
    return sorted({one.credential for one in exchanges if one.kind == "feed"}.difference(credentials.WITHOUT))


def installed(
    sandbox: Sandbox,
    log: list[tuple[Request, Response]],
    needed: Collection[str] = (),
    tools: Collection[str] = (),
) -> dict[str, str]:
    """Return the packages in the reader's environments, each with the kind of host that supplied it.

    The dependencies of a tool from PyPI are not listed; a tool's version is shown as `locked`.
    """
    found = {}
    for place in (sandbox.packages, sandbox.home):
        for info in place.rglob("site-packages/*.dist-info"):
            name, _, version = info.name.removesuffix(".dist-info").partition("-")
            package = hosts.normalized(name)
            if name == "pip" or package in needed:
                continue
            supplier = next(
                (
                    hosts.kind(request.host)
                    for request, answer in reversed(log)
                    if answer.status in (200, 206)
                    and hosts.kind(request.host) in ("file-store", "public-index")
                    and f"{name}-{version}" in request.url
                ),
                "nowhere",
            )
            if supplier != "nowhere" or package not in {*MADE_HERE, *tools}:
                found[f"{package} {'locked' if package in tools else version}"] = supplier
    return dict(sorted(found.items()))


def accepted(log: list[tuple[Request, Response]]) -> list[str]:
    """Return the names of the files that the feed accepted."""
    uploads = [
        upload_form.read(request)
        for request, answer in log
        if request.method == "POST" and answer.status == 200
    ]
    return sorted(upload.filename for upload in uploads if upload)


def _all_given(case: Case) -> set[str]:
    """Return the classes expected at the feed if a case does not list them: all that it gives, no others."""
    given = set(classes({"credential": case.credential, "given": case.given}))
    given.add(case.given.get("session", "none"))
    given.add(case.given.get("identity", "none"))
    return given - {"none"} if "feed" in case.asked else set()


def expected(case: Case) -> dict[str, object]:
    """Return what a case expects of an observation, except for its output: field -> value."""
    return {
        "exit": case.exit,
        "asked": {kind: sorted(packages) for kind, packages in sorted(case.asked.items())},
        "installed": dict(sorted(case.result.get("installed", {}).items())),
        "uploaded": sorted(case.result.get("uploaded", [])),
        "refused": sorted(case.result.get("refused", [])),
        "sent": sorted(case.result.get("sent", _all_given(case))),
        "written": sorted(case.result.get("written", [])),
    }


def compare(seen: Observation, case: Case, output: bool = True) -> list[str]:
    """Return the differences between an observation and a case, one line each; empty: proved.

    output: whether `output.txt` counts. It is a snapshot, so a difference in it alone does not kill a mutant.
    """
    differences = list(seen.faults)
    for what, value in expected(case).items():
        if getattr(seen, what) != value:
            differences.append(f"{what}: expected {value}, saw {getattr(seen, what)}")
    differences += words(seen.output, case)
    if output and case.output is not None and seen.output != case.output:
        differences.append(f"output.txt differs; the client printed:\n{seen.output}")
    return differences


def words(output: str, case: Case) -> list[str]:
    """Return the promised lines that an output lacks, and the warnings that no page has."""
    printed, quoted = output.splitlines(), (case.output or "").splitlines()
    found = [
        f"printed: no line says {line!r}" for line in case.result.get("printed", []) if line not in printed
    ]
    return found + [
        f"the client warned, and no page says so: {line}"
        for line in printed
        if WARNING.match(line) and line not in quoted
    ]


def differences(seen: Observation, case: Case, others: Iterable[Case]) -> list[str]:
    """Return everything that is wrong with a run; empty: proved. This is the only list of checks on a run.

    others: the cases that run. If another one has the same files and expects the same, one of the two is
    redundant.
    """
    rivals = [other for other in others if other.name != case.name and _printed(other) == _printed(case)]
    alike = [other.name for other in rivals if not compare(seen, other, output=False)]
    cure = "expect what differs, or delete one of them"
    return [*compare(seen, case), *(f"{name} has its files and expects the same: {cure}" for name in alike)]


def _printed(case: Case) -> tuple[str, str, dict[str, str]]:
    """Return the parts of a case that a reader sees: the client, the commands and the files."""
    return case.client, case.commands, {file: case.text(file) for file in case.files}
