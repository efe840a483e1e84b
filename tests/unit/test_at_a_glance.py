"""The answers of guides/tools/at-a-glance.toml, each against the cases that it names."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from handbook.cases.case import Case
from handbook.site.tables import at_a_glance, outcomes
from tests.conftest import ROOT
from tests.every import CASES
from tests.unit.test_ext import CONF, Site, with_extensions, words

DATA = at_a_glance.read(ROOT)
KNOWN = {case.name: case for case in CASES}
ANSWERS = [(tool, question) for tool, row in DATA["tool"].items() for question in row if question != "title"]
LINKS = [
    (question, name, said)
    for tool, question in ANSWERS
    for name, said in at_a_glance.named(DATA["tool"][tool][question])
]
INDEX_URL = "/pypi/simple"


def safe(case: Case, said: str) -> bool:
    """Return whether the private package came from the feed alone, and the token is in no file."""
    alone = outcomes.supplied(case, "file-store") is not None and "written" not in case.result
    return alone and not any(name.startswith("contoso") for name in case.asked.get("public-index", []))


def wrong(case: Case, said: str) -> bool:
    """Return whether the feed refused a wrong token."""
    return set(case.credential.values()) == {"wrong"} and "401" in case.result["refused"]


def none(case: Case, said: str) -> bool:
    """Return whether the case has no token, and the feed said so."""
    return not case.credential and case.result.get("refused") == ["401"]


def stranger(case: Case, said: str) -> bool:
    """Return whether a stranger's package was installed."""
    return outcomes.outcome(case).bad


def lock(case: Case, said: str) -> bool:
    """Return whether the commands write a lock file and print lines of it, or fail to write one."""
    first, *later = [line for line in case.commands.splitlines() if not line.startswith("export")]
    reads = [line for line in later if line.startswith("grep") and ".lock" in line or "pylock" in line]
    return " lock" in first.partition(">")[0] and (case.verb == "fail" or bool(reads))


def written(case: Case, said: str) -> bool:
    """Return whether the token is in a file, or in none, as the words say."""
    return ("written" in case.result) == (said != "in no file")


def publish(case: Case, said: str) -> bool:
    """Return whether the feed took a file."""
    return case.exit == 0 and bool(case.result["uploaded"])


def refused(case: Case, said: str) -> bool:
    """Return whether nothing was uploaded with a wrong token, or without one."""
    return "uploaded" not in case.result and case.exit != 0 and set(case.credential.values()) <= {"wrong"}


def twice(case: Case, said: str) -> bool:
    """Return whether the feed refused a second upload, or the tool skipped it."""
    return "409" in case.result.get("refused", []) or "--skip-existing" in case.commands


def address(case: Case, said: str) -> bool:
    """Return whether the index URL was given for an upload."""
    return "405" in case.result["refused"] and INDEX_URL in case.commands


def alone(case: Case, said: str) -> bool:
    """Return whether PIP_INDEX_URL is the only setting for an index."""
    given = [*case.given.get("variables", {}), *re.findall(r"export (\w+INDEX\w*)", case.commands)]
    return [name for name in given if "INDEX" in name] == ["PIP_INDEX_URL"]


def again(case: Case, said: str) -> bool:
    """Return whether a file of the project names the index again, and a variable has a token for it."""
    files = [(case.folder / name).read_text(encoding="utf-8") for name in case.files]
    return any(INDEX_URL in text for text in files) and "_INDEX_" in case.commands


FITS: dict[str, Callable[[Case, str], bool]] = {
    function.__name__: function
    for function in (
        safe, wrong, none, stranger, lock, written, publish, refused, twice, address, alone, again,
    )
}  # fmt: skip


@pytest.mark.parametrize(("question", "name", "said"), LINKS, ids=[f"{one[0]}-{one[1]}" for one in LINKS])
def test_an_answer_agrees_with_its_case(question: str, name: str, said: str) -> None:
    """The case shows what the question asks, and a status in the answer is one that it got."""
    case = KNOWN[name]
    assert FITS[question](case, said)
    assert set(re.findall(r"\b\d{3}\b", said)) <= set(outcomes.statuses(case))


def test_every_tool_answers_every_question() -> None:
    """Each cell has an answer, from cases of the tool or with a reason; no table has over five columns."""
    asked = set()
    for table in DATA["table"].values():
        assert len(table["questions"]) <= 4
        asked |= {(tool, question) for tool in table["tools"] for question in table["questions"]}
    assert asked == set(ANSWERS)
    for tool, question in ANSWERS:
        answer = DATA["tool"][tool][question]
        assert answer
        assert {name.partition("/")[0] for name, _ in at_a_glance.named(answer)} <= {tool}


def test_a_reason_is_true() -> None:
    """A tool that is said not to publish, or to install nothing, has no case that does."""
    verbs = {tool: {case.verb for case in CASES if case.client == tool} for tool, _ in ANSWERS}
    for tool, question in ANSWERS:
        if at_a_glance.named(DATA["tool"][tool][question]):
            continue
        if question in ("publish", "refused", "twice", "address"):
            assert "publish" not in verbs[tool]
        elif question in ("safe", "wrong", "none", "stranger", "lock"):
            assert not verbs[tool] & {"install", "lock", "add"}
        else:
            assert (tool, question) in {("pipx", "again"), ("pip", "again")}  # neither has a file to do it in


PAGE = "# Index\n\n:::{glance-table} files\n:::\n:::{glance-table} uv\n:::\n\n:::{case} uv/lock-a\n:::\n"
FILE = """
[question]
lock = "The lock file"
twice = "Publish twice"
address = "Publish to the index"
[table]
files = { questions = ["lock"], tools = ["uv", "flit"] }
[tool.uv]
title = "uv"
lock = "`uv/lock-a`, or `as here <uv/lock-a>`"
twice = "It has no `--option`"
address = "It has no `--option`"
[tool.flit]
title = "Flit"
lock = "Flit has no lock file"
"""
LOCKED = """title = "Title"
client = "uv"
exit = 0
[asked]
public-index = ["contoso-a"]
[result]
"""


def glance_site(root: Path, page: str) -> Site:
    """Return a small site whose index has this page."""
    site = Site(root)
    site.write({"conf.py": with_extensions(CONF, "tables.at_a_glance"), "index.md": page})
    site.write({"guides/tools/at-a-glance.toml": FILE})
    site.write({"snippets/uv/lock-a/run.sh": "uv lock\n", "snippets/uv/lock-a/case.toml": LOCKED})
    return site


def test_tables_are_printed(tmp_path: Path) -> None:
    """A table has a row for each tool, a tool one for each answer; a link may have its case's words."""
    site = glance_site(tmp_path, PAGE)
    assert site.build() == 0
    text = words(site.page("index"))
    assert "Tool The lock file uv ✗ PyPI (a stranger), or ✗ as here Flit Flit has no lock file" in text
    assert "Question Answer The lock file ✗ PyPI" in text
    assert "Publish twice, publish to the index It has no --option" in text


def test_an_unknown_name_says_so(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    """A name that is neither a table nor a tool fails the build with a line that names the file."""
    assert glance_site(tmp_path, PAGE.replace("} files", "} filed")).build() == 1
    assert "glance-table: at-a-glance.toml has no table or tool filed" in capfd.readouterr().err
