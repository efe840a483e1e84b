"""What a run of a mutant says, and the few mutants that are declared to change nothing.

A rule has a reason. It fails the run when a case kills what it declares equivalent (the rule is too
wide) and when nothing that survives matches it any more (the rule is no longer needed).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from checks.operators import Mutant

CLASSES = {
    "case": "the case's own expectation fails, or the run has a fault",
    "fact": "only a hand-written fact notices: no recorded answer to a question, or to the case that follows",
    "equivalent": "survives, and a rule says why it may",
    "snapshot": "only output.txt differs: not killed",
    "survived": "nothing notices",
}
KILLED, ALIVE = ("case", "fact"), ("snapshot", "survived")
MISSED = "not in the recording: "
AT_MOST = 0.05


@dataclass
class Result:
    """What became of one mutant. verdict: a key of CLASSES. differences: what was noticed, one line each."""

    mutant: Mutant
    verdict: str
    differences: list[str] = field(default_factory=list)
    seconds: float = 0.0
    rule: str = ""


@dataclass(frozen=True)
class Rule:
    """Mutants that change nothing, and why: a reason that a reader can check."""

    name: str
    matches: Callable[[Mutant], bool]
    reason: str


def _text_has(operator: str, pattern: str, files: str = r".+") -> Callable[[Mutant], bool]:
    """Match mutants of one operator by the names of their file and by what their text says."""
    return lambda mutant: (
        mutant.operator == operator
        and re.fullmatch(files, mutant.file) is not None
        and re.search(pattern, mutant.text or "", re.MULTILINE) is not None
    )


def _every_package_has_a_source(text: str) -> bool:
    """Return whether a pyproject.toml names only packages with a source, for uv or for Poetry."""
    data = tomllib.loads(text)
    tool = data["tool"]
    plain = set(data.get("project", {}).get("dependencies", [])) - set(tool.get("uv", {}).get("sources", {}))
    tables = tool.get("poetry", {}).get("dependencies", {})
    return not plain and all(isinstance(tables[name], dict) for name in set(tables) - {"python"})


EQUIVALENT = [
    Rule(
        "final-slash",
        lambda mutant: (
            mutant.operator == "slash-lost"
            and re.search(r"/pypi/simple[\"\s]|index-url .+/pypi/upload\s", mutant.text or "") is not None
            # An upload goes where it is told; keyring and uv's lock file keep the exact address.
            and re.search(r"publish|TWINE|VSS_NUGET", mutant.line) is None
            and mutant.case
            not in (
                "uv/lock-keyring",
                "uv/fail-locked-slash",
                "pip/fail-search",
                "poetry/fail-publish-source",
            )
            and not mutant.case.startswith("bash/fail-keyring-")
            # pip prints the address as it stands, which is the claim.
            and not re.fullmatch(
                "pip/(leak-conf-equals|fail-(conf-section|one-argument|plain-http))", mutant.case
            )
            # The feed takes an upload at both forms; that fact is recorded for this file.
            or (mutant.operator, mutant.case) == ("slash-lost", "poetry/publish-env")
            and '/pypi/upload"' in (mutant.text or "")
        ),
        "pip, uv and Poetry add the final slash of an index URL; an upload URL works without it",
    ),
    Rule(
        "environment-sooner-or-later",
        lambda mutant: mutant.operator == "lines-swapped" and mutant.line.endswith("\nuv venv"),
        "a virtual environment may be made before a command that does not use it",
    ),
    Rule(
        "unsafe-strategies-agree",
        lambda mutant: (
            mutant.operator == "index-strategy-becomes-unsafe-first-match"
            and mutant.case in ("uv/leak-expired-token", "uv/leak-same-version")
        ),
        "both unsafe strategies ask all indexes, and here only one has the version, or both the same",
    ),
    Rule(
        "extra-index-first",
        lambda mutant: (
            mutant.operator == "index-url-and-extra-index-url-swapped"
            and mutant.case == "uv/install-extra-index"
        ),
        "uv ranks an extra index first, which is the claim: as the only index the feed gives the same file",
    ),
    Rule(
        "file-refused-whole",
        lambda mutant: (
            mutant.case == "poetry/fail-unquoted-file"
            and (
                re.match(r".*\n.*\nuserna[a-z]+ = name@", mutant.text or "") is not None
                or mutant.operator == "flag-dropped"
            )
            or mutant.case == "poetry/fail-old-keys"
            and mutant.operator in ("wrong-letter-in-source", "flag-flipped")
            or mutant.case == "poetry/fail-undeclared-source"
            and mutant.operator == "wrong-letter-in-package"
        ),
        "Poetry refuses the file at its first fault, before it looks at anything else",
    ),
    Rule(
        "project-file-above",
        lambda mutant: (
            (mutant.operator, mutant.line) == ("file-one-folder-up", "pyproject.toml")
            and not mutant.case.startswith("pip/")
            # Poetry looks for dist beside pyproject.toml.
            and not re.match(r"poetry/(fail-)?(publish|duplicate|undefined)", mutant.case)
            # These build in the folder, name or write the file, or need the other file beside it.
            and not re.fullmatch(
                "uv/(install-default|fail-(build-requires|unknown-field|two-files))"
                "|poetry/(fail|leak)-url-token",
                mutant.case,
            )
        ),
        "uv and Poetry look for pyproject.toml in the folders above, too",
    ),
    Rule(
        "cd-and-export",
        _text_has("lines-swapped", r"\Aexport .+\ncd "),
        "a variable does not depend on the folder in which it is set",
    ),
    Rule(
        "exported-already",
        lambda mutant: (
            mutant.operator == "lines-swapped"
            and re.match(r"export \w+\nread ", mutant.text or "") is not None
            or mutant.operator == "export-lost"
            and mutant.line == 'export PIP_INDEX_URL=""'
        ),
        "bash keeps a variable exported when it gets a value later",
    ),
    Rule(
        "read-from-a-pipe",
        lambda mutant: (
            mutant.operator.startswith("flag-")
            and re.search(r"^read (-[rs] )?\w+$", mutant.text or "", re.MULTILINE) is not None
        ),
        "`read -s -p` differ at a terminal only, where no test types; no token holds a backslash (-r)",
    ),
    Rule(
        "supplemental-is-not-asked",
        lambda mutant: mutant.operator == "priority-becomes-supplemental",
        "Poetry asks a supplemental source only for a package that has no source and that PyPI lacks",
    ),
    Rule(
        "explicit-without-others",
        lambda mutant: (
            mutant.line.startswith(("explicit", "priority"))
            and mutant.operator
            in ("flag-flipped", "line-removed", "priority-becomes-primary", "key-misspelt")
            and not (mutant.line.startswith("priority") and mutant.operator == "key-misspelt")
            and _every_package_has_a_source(mutant.original)
            and not re.search("(?<!leak-)export|leak-(add|no-source)", mutant.case)
        ),
        "explicit keeps a source from being asked for packages without a source, and the case has none",
    ),
    Rule(
        "keyring-without-a-credential",
        lambda mutant: (
            mutant.case == "bash/fail-keyring-backend"
            and mutant.operator in ("wrong-letter-in-variable", "dollar-lost", "export-lost")
            and re.search("grep|export FEED_URL", mutant.line) is not None
            and "export FEED_URM" not in (mutant.text or "")
            or mutant.case == "bash/fail-keyring-address"
            and mutant.operator == "dollar-lost"
            and "upload}" in mutant.line
        ),
        "a keyring without a backend asks no address, what is no JSON has none, bash alone reads FEED_URL",
    ),
    Rule(
        "only-version-there",
        _text_has("item-dropped", r'= \{ source = "internal" \}'),
        "Poetry takes the highest version where none is named; that is the wanted one",
    ),
]


def verdict(differences: list[str], with_output: list[str]) -> str:
    """Return the class of a run from its differences without and with output.txt."""
    if not differences:
        return "snapshot" if with_output else "survived"
    return "fact" if all(one.startswith(MISSED) for one in differences) else "case"


def judge(results: Iterable[Result], rules: Iterable[Rule]) -> list[str]:
    """Turn survivors that a rule matches into equivalent ones; return which rules are too wide."""
    too_wide = []
    for result in results:
        for rule in rules:
            if not rule.matches(result.mutant):
                continue
            if result.verdict in KILLED:
                too_wide.append(f"rule {rule.name} is too wide: {result.mutant.id} is killed")
            elif result.verdict in ALIVE:
                result.verdict, result.rule = "equivalent", rule.name
    return too_wide


def audit(results: list[Result], rules: Iterable[Rule]) -> list[str]:
    """Return what is wrong with the rules after all mutants of all cases were judged."""
    declared = [result.rule for result in results if result.verdict == "equivalent"]
    useless = [rule.name for rule in rules if rule.name not in declared]
    wrong = [f"rule {name} is no longer needed: delete it" for name in useless]
    if len(declared) > AT_MOST * len(results):
        wrong.append(
            f"{len(declared)} of {len(results)} mutants are declared equivalent, more than 5 in 100: "
            "strengthen the cases"
        )
    return wrong
