"""Judge the runs of mutants, including the few mutants that are declared equivalent (they change nothing).

Every rule has a reason. A rule fails the run if a case kills a mutant that it declares equivalent (the rule
is too wide), or if it no longer matches any survivor (the rule is not needed). An exception for one case is
declared under `[exception]` in its case.toml, and is checked in the same way.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from handbook.cases import pipeline_steps
from handbook.cases.case import Case
from handbook.tools.operators import SCRIPT, Mutant

CLASSES = {
    "case": "the case's own expectation fails, or the run has a fault",
    "fact": "only a hand-written fact notices: no recorded answer to a question, or to the case that follows",
    "equivalent": "survives, and a rule says why it may",
    "snapshot": "only output.txt differs: not killed",
    "survived": "nothing notices",
}
KILLED, ALIVE = ("case", "fact"), ("snapshot", "survived")
PLACE_ALONE = "place-alone"  # the name of a rule
MISSED = "not in the recording: "


@dataclass
class Result:
    """The result of one mutant. verdict: a key of CLASSES. differences: what was noticed, one line each."""

    mutant: Mutant
    verdict: str
    differences: list[str] = field(default_factory=list)
    seconds: float = 0.0
    rule: str = ""


@dataclass(frozen=True)
class Rule:
    """A kind of mutant that changes nothing, with a reason that a reader can check."""

    name: str
    matches: Callable[[Mutant], bool]
    reason: str
    group: str = ""  # the group of cases that needs the rule, if only one does


def _text_has(operator: str, pattern: str, files: str = r".+") -> Callable[[Mutant], bool]:
    """Return a matcher for mutants of one operator, by their file's name and their text."""
    return lambda mutant: (
        mutant.operator == operator
        and re.fullmatch(files, mutant.file) is not None
        and re.search(pattern, mutant.text or "", re.MULTILINE) is not None
    )


def _every_package_has_a_source(text: str) -> bool:
    """Return whether every package in a pyproject.toml has a source, for uv or for Poetry."""
    data = tomllib.loads(text)
    tool = data["tool"]
    plain = set(data.get("project", {}).get("dependencies", [])) - set(tool.get("uv", {}).get("sources", {}))
    tables = tool.get("poetry", {}).get("dependencies", {})
    return not plain and all(isinstance(tables[name], dict) for name in set(tables) - {"python"})


def _same_steps(mutant: Mutant) -> bool:
    """Return whether a mutant of a CI file runs the same commands with the same variables."""
    if not pipeline_steps.place_of(mutant.file) or mutant.text is None:
        return False
    try:
        one, two = (pipeline_steps.read(mutant.file, text) for text in (mutant.original, mutant.text))
    except pipeline_steps.StepsError:
        return False
    return all(getattr(one, what) == getattr(two, what) for what in ("commands", "variables", "pypirc"))


def _said(text: str) -> list[str]:
    """Return the lines of a text that are not blank."""
    return [line for line in text.splitlines() if line.strip()]


LOOKED_FOR_ABOVE = (
    ("uv", "pyproject.toml"),
    ("poetry", "pyproject.toml"),
    ("pdm", "pyproject.toml"),
    ("hatch", "pyproject.toml"),
    ("pipenv", "Pipfile"),
    ("tox", "tox.toml"),
    ("tox-uv", "tox.toml"),
)
_SLASHLESS = re.compile(r"/pypi/simple[\"\s]|index-url .+/pypi/upload\s")
# Rules about a format or about a client's general behaviour. A rule for one case is in its case.toml.
EQUIVALENT = [
    Rule(
        "final-slash",
        lambda mutant: (
            mutant.operator == "slash-lost"
            and len(_SLASHLESS.findall(mutant.text or "")) > len(_SLASHLESS.findall(mutant.original))
            # An upload uses the exact URL; keyring and uv's lock file keep it as well.
            and re.search(r"(?i)publish|TWINE|HATCH|FLIT|VSS_NUGET", mutant.line) is None
        ),
        "pip, uv, Poetry and PDM add the final slash of an index URL",
    ),
    Rule(
        "project-without-a-name",
        lambda mutant: (
            mutant.case.startswith("pdm/")
            and re.match(r"(\[project\]\n)?(name = \"(hello-|contoso-)|version = )", mutant.line) is not None
            and mutant.operator
            in ("line-removed", "lines-swapped", "key-misspelt", "wrong-letter-in-package")
        ),
        "PDM asks neither name nor version of a project that it does not build",
        "tools",
    ),
    Rule(
        "project-that-is-not-built",
        lambda mutant: (
            mutant.case.startswith("hatch/")
            and "skip-install = true" in mutant.original
            and mutant.operator in ("wrong-letter-in-section", "key-misspelt", "line-removed")
            and mutant.line.startswith(("[project]", "version = "))
        ),
        "Hatch needs neither [project] nor a version for a project that it does not install",
        "tools",
    ),
    Rule(
        "source-of-any-name",
        lambda mutant: (
            mutant.case.startswith("pdm/")
            and mutant.operator == "wrong-letter-in-source"
            and "TOKEN}@" in mutant.original
            and 'name = "internal"' in mutant.original
        ),
        "PDM looks a source up by its name only for a credential that is not in the address",
        "tools",
    ),
    Rule(
        "environment-sooner-or-later",
        lambda mutant: mutant.operator == "lines-swapped" and mutant.line.endswith("\nuv venv"),
        "a virtual environment may be made before a command that does not use it",
    ),
    Rule(
        "project-file-above",
        lambda mutant: (
            mutant.operator == "file-one-folder-up"
            and (mutant.line, mutant.case.partition("/")[0])
            in {(one, client) for client, one in LOOKED_FOR_ABOVE}
        ),
        "each looks for its file in the folders above, too",
    ),
    Rule(
        "cd-and-export",
        _text_has("lines-swapped", r"\Aexport .+\ncd "),
        "a variable does not depend on the folder in which it is set",
    ),
    Rule(
        "path-is-exported",
        lambda mutant: mutant.operator == "export-lost" and mutant.line.startswith("export PATH="),
        "bash keeps PATH exported, which it was from the start",
    ),
    Rule(
        "blank-lines",
        lambda mutant: (
            mutant.file.endswith(".py")
            and mutant.text is not None
            and _said(mutant.text) == _said(mutant.original)
        ),
        "Python passes over blank lines between functions",
    ),
    Rule(
        "exported-already",
        _text_has("lines-swapped", r"\Aexport \w+\nread "),
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
        ),
        "explicit keeps a source from being asked for packages without a source, and the case has none",
    ),
    Rule(
        PLACE_ALONE,
        _same_steps,
        "only the place itself reads that line, and it does not run here; its schema and linters read it",
    ),
    Rule(
        "only-version-there",
        _text_has("item-dropped", r'= \{ source = "(internal|shared)" \}'),
        "Poetry takes the highest version where none is named; that is the wanted one",
    ),
]


def verdict(differences: list[str], with_output: list[str]) -> str:
    """Return the class of a run from its differences without and with output.txt."""
    if not differences:
        return "snapshot" if with_output else "survived"
    return "fact" if all(one.startswith(MISSED) for one in differences) else "case"


def own(case: Case) -> list[Rule]:
    """Return the mutants that the case itself declares equivalent; `*` matches any part of a name."""
    return [
        Rule(pattern, lambda mutant, pattern=pattern: fnmatchcase(mutant.within, pattern), reason)
        for pattern, reason in case.exception.get("mutants", {}).items()
    ]


def judge(results: Iterable[Result], case: Case, rules: Iterable[Rule] = EQUIVALENT) -> list[str]:
    """Mark a case's survivors that a rule matches as equivalent; return what is wrong with the rules.

    A rule that the case declares as not valid for it is skipped, as long as a kill shows that it is not.
    """
    results, file, wrong = list(results), f"snippets/{case.name}/case.toml", []
    off = case.exception.get("rules", {})
    general, declared = [rule for rule in rules if rule.name not in off], own(case)
    placed = any(map(pipeline_steps.place_of, case.files))
    for result in results:
        # Commands and the CI file are checked against each other, so the rules about clients do not apply to
        # them.
        held = placed and (result.mutant.file == SCRIPT or pipeline_steps.place_of(result.mutant.file))
        for rule in (*(one for one in general if not held or one.name == PLACE_ALONE), *declared):
            if not rule.matches(result.mutant):
                continue
            if result.verdict in ALIVE:
                result.verdict, result.rule = "equivalent", rule.name
            elif result.verdict in KILLED and rule in declared:
                wrong.append(
                    f"{file}: exception.mutants {rule.name!r} is too wide, {result.mutant.within} is killed: "
                    "name fewer mutants"
                )
            elif result.verdict in KILLED:
                wrong.append(
                    f"{file}: the rule {rule.name} does not hold here, {result.mutant.within} is killed: "
                    f'write why, as [exception.rules] {rule.name} = "…", or make the rule narrower'
                )
    used = {result.rule for result in results}
    wrong += [
        f"{file}: exception.mutants {rule.name!r} matches no survivor: delete it"
        for rule in declared
        if rule.name not in used
    ]
    killed = [result.mutant for result in results if result.verdict in KILLED]
    noticed = {rule.name for rule in rules if any(map(rule.matches, killed))}
    wrong += [
        f"{file}: exception.rules {name!r} is no longer needed, no kill refutes that rule: delete it"
        for name in off
        if name not in noticed
    ]
    return wrong


def audit(results: list[Result], rules: Iterable[Rule] = EQUIVALENT, group: str = "") -> list[str]:
    """Return the rules of a group that were not needed, after all mutants of all its cases were judged."""
    used = {result.rule for result in results if result.verdict == "equivalent"}
    needless = [rule for rule in rules if rule.group == group and rule.name not in used]
    return [f"rule {rule.name} is no longer needed: delete it" for rule in needless]
