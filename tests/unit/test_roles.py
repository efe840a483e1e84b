"""The table of roles and scopes: each cell equals the recorded answer, each grade that of its evidence."""

from __future__ import annotations

import pytest
import requests

from handbook.cases import grades, names
from handbook.feed import credentials, packages, recording
from handbook.feed.http import Request, Response
from handbook.feed.simple_page import links
from handbook.runner import run
from tests.conftest import FILES, ROOT, UPSTREAM

BASE = names.feed_base(*names.EXAMPLES.values())
DONE = {"install": 303, "save": 303, "publish": 200}  # the answer that the table calls a yes
ACTIONS = ("install", "save", "publish")  # the columns after role and token
LINES = (ROOT / "guides" / "feeds" / "roles.md").read_text(encoding="utf-8").split(":::")[1].splitlines()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in LINES if line.startswith("| ")][1:]
# The grades of a column's evidence, for "yes" and for "no".
RESTS = {
    action: {row[0][1:].partition("”")[0]: row[column] for row in ROWS if row[0].endswith("rests on")}
    for column, action in enumerate(ACTIONS, 2)
}


def classes(role: str, token: str) -> list[str]:
    """Return the credential classes of a row."""
    if role == "any":
        return ["anonymous"] if token.endswith("public feed") else token.split(", ")
    return ["no-role"] if role == "none" else [f"{role.lower()}-{token.split()[-1].lower()}"]


CELLS = [
    (name, action, answer)
    for role, token, *answers in ROWS
    if not role.endswith("rests on")
    for name in classes(role, token)
    for action, answer in zip(ACTIONS, answers, strict=True)
]


@pytest.fixture(scope="module")
def recorded() -> dict[recording.Question, recording.Recorded]:
    """Provide today's recording."""
    folder = ROOT / run.CASSETTES
    return recording.load(folder, run.today(folder))


def ask(player: recording.Player, method: str, url: str, credential: str, file: str = "") -> Response:
    """Return the recorded answer to a request, sent as `requests` sends it."""
    auth = None if credential == "none" else (names.USER, credential)
    content = packages.from_filename(file).content if file else b""
    form = (
        {"data": {"name": "x", "metadata_version": "2.1"}, "files": {"content": (file, content)}}
        if file
        else {}
    )
    sent = requests.Request(method, url, auth=auth, **form).prepare()
    return player(Request(sent.method, sent.url, tuple(sent.headers.items()), sent.body or b""))


def answer(player: recording.Player, credential: str, action: str) -> Response:
    """Return the feed's final answer to an action of a credential class."""
    if action == "publish":
        return ask(player, "POST", BASE + "upload/", credential, "contoso_utils-1.2.0-py3-none-any.whl")
    package, file = ("contoso-utils", FILES[1]) if action == "install" else ("idna", UPSTREAM[0])
    page = ask(player, "GET", f"{BASE}simple/{package}/", credential)
    if page.status != 200:
        return page
    [link] = [one["href"] for one in links(page.body.decode()) if file.filename in one["href"]]
    return ask(player, "GET", link.partition("#")[0], credential)


@pytest.mark.parametrize(("credential", "action", "said"), CELLS)
def test_each_cell_is_recorded(recorded, credential: str, action: str, said: str) -> None:
    """A cell of the table states what the feed answers."""
    player = recording.Player(recorded, credentials.self_named())
    status = answer(player, credential, action).status
    assert said == ("yes" if status == DONE[action] else f"no, {status}")
    assert player.missed == []


def test_the_table_is_whole() -> None:
    """The table has a cell for every credential class and every action.

    It leaves out the token of another organization, which is a wrong one here.
    """
    assert {(name, action) for name, action, _ in CELLS} == {
        (name, action) for name in credentials.CLASSES for action in ACTIONS if name != credentials.ELSEWHERE
    }


@pytest.mark.parametrize("action", ACTIONS)
def test_each_grade_is_the_weakest(recorded, action: str) -> None:
    """A grade in the table is that of the weakest fact behind the answers in its column."""
    folder = ROOT / run.CASSETTES
    graded = {
        f"{part}/{name}": grade
        for part in run.today(folder)
        for name, grade in run.read_provenance(folder / part).items()
    }
    found: dict[str, list[str]] = {"yes": [], "no": []}
    for credential, one, said in CELLS:
        if one == action:
            player = recording.Player(recorded, credentials.self_named())
            answer(player, credential, action)
            found[said.partition(",")[0]] += [graded[name] for name in player.rests_on]
    assert {word: grades.GRADES[grades.weakest(of)] for word, of in found.items()} == RESTS[action]
