"""The differences that a comparison of a run with its case reports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests

from handbook.feed.http import Request, Response
from handbook.runner import observation
from handbook.runner.observation import Exchange, Observation, compare, differences
from tests.every import CASES

EXPECTED = {
    "exit": 1,
    "asked": {"feed": ["contoso-utils"], "file-store": ["contoso-utils"]},
    "installed": {"contoso-utils 1.1.0": "file-store"},
    "uploaded": ["a.whl"],
    "refused": ["401"],
    "sent": ["wrong"],
    "written": ["~/.netrc"],
}
CASE = replace(
    next(case for case in CASES if case.client == "pip"),
    **{key: EXPECTED[key] for key in ("exit", "asked")},
    result={"printed": ["said"]} | {key: EXPECTED[key] for key in EXPECTED if key not in ("exit", "asked")},
    output="said\n",
)
KEPT = {"exchanges": [], "faults": [], "cassettes": [], "rests_on": [], "said": [], "grade": "documented"}
SEEN = Observation(**EXPECTED, **KEPT, output="said\n", seconds=0.0, bare_seconds=0.0)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"exit": 0}, "exit"),
        ({"asked": {**EXPECTED["asked"], "public-index": ["contoso-utils"]}}, "asked"),
        ({"installed": {"contoso-utils 1.1.0": "public-index"}}, "installed"),
        ({"installed": {"contoso-utils 1.0.0": "file-store"}}, "installed"),
        ({"uploaded": []}, "uploaded"),
        ({"refused": ["403"]}, "refused"),
        ({"sent": ["unknown"]}, "sent"),
        ({"written": []}, "written"),
        ({"written": ["output", "~/.netrc"]}, "written"),
        ({"faults": ["a fault"]}, "a fault"),
        ({"output": "said\nmore\n"}, "output.txt"),
    ],
)
def test_each_difference_is_reported(change: dict[str, object], word: str) -> None:
    """A change to any part of an observation is one difference that starts with the part's name."""
    (line,) = compare(replace(SEEN, **change), CASE)
    assert line.startswith(word)


def test_equal_is_no_difference() -> None:
    """An observation that meets the case is proved; without a quoted output, the output is not compared."""
    assert compare(SEEN, CASE) == []
    assert compare(replace(SEEN, output="said\nmore\n"), replace(CASE, output=None)) == []
    assert compare(replace(SEEN, output="said\nmore\n"), CASE, output=False) == []


def test_unquoted_warning_is_a_difference() -> None:
    """A client's warning that the case does not quote is a difference; a quoted one is not."""
    seen = replace(SEEN, output="said\nwarning: old\n")
    (line,) = compare(seen, CASE, output=False)
    assert line == "the client warned, and no page says so: warning: old"
    assert compare(seen, replace(CASE, output=seen.output)) == []


def test_what_a_command_must_print() -> None:
    """A promised line that the client does not print is a difference, with or without a quoted output."""
    (line,) = compare(replace(SEEN, output="unsaid\n"), CASE, output=False)
    assert line == "printed: no line says 'said'"


def test_every_given_credential_is_sent() -> None:
    """If a case does not list what is sent, each credential that it gives must reach the feed."""
    case = replace(CASE, result={**CASE.result, "sent": []}, credential={"AZURE_ARTIFACTS_TOKEN": "expired"})
    assert [line.partition(":")[0] for line in compare(SEEN, case)] == ["sent"]
    del case.result["sent"]
    assert compare(replace(SEEN, sent=["expired"]), case) == []
    assert compare(SEEN, case) == ["sent: expected ['expired'], saw ['wrong']"]


def test_a_difference_of_the_output_is_one_in_both_directions() -> None:
    """An output that sorts before or after the quoted one differs from it."""
    for printed in ("Said\nsaid\n", "said\nthen\n"):
        assert len(compare(replace(SEEN, output=printed), CASE)) == 1


def test_a_rival_has_the_same_files_and_expects_the_same() -> None:
    """Only a case with the same files and expectations is a rival, never the case itself or a copy of it."""
    first, last = (replace(CASE, name=f"pip/{word}") for word in ("a-first", "z-last"))
    assert [one.split()[0] for one in differences(SEEN, CASE, [first, CASE, last])] == [first.name, last.name]
    assert differences(SEEN, CASE, [replace(CASE), replace(CASE, name="pip/" + CASE.name[4:])]) == []
    other = [replace(one, commands="true\n") for one in (first, last)]
    assert differences(SEEN, CASE, [*other, replace(first, exit=2)]) == []


def test_what_the_feed_refused_is_its_last_word() -> None:
    """A request that is finally answered was not refused; one whose last status is 400 or above was."""
    asked = [("a", 401), ("a", 200), ("b", 399), ("c", 400), ("d", 409)]
    exchanges = [Exchange("GET", url, "feed", "-", "none", status) for url, status in asked]
    other = Exchange("GET", "e", "public-index", "-", "none", 404)
    assert observation.refused([*exchanges, other]) == ["400", "409"]


def test_only_what_the_feed_took_is_uploaded() -> None:
    """A file counts as uploaded if the feed answered 200, and not if it refused the file."""
    sent = requests.Request(
        "POST", "https://a/", data={"name": "a"}, files={"content": ("a.whl", b"a")}
    ).prepare()
    upload = Request("POST", sent.url, tuple(sent.headers.items()), sent.body)
    assert observation.accepted([(upload, Response(200, "OK"))]) == ["a.whl"]
    assert observation.accepted([(upload, Response(409, "Conflict"))]) == []
    assert observation.accepted([(replace(upload, method="PUT"), Response(200, "OK"))]) == []


def test_pip_itself_is_not_installed(tmp_path: Path) -> None:
    """Every package in the reader's environment counts, except the pip that was there before."""
    packages = tmp_path / "environment" / "lib" / "site-packages"
    for name in ("pip-26.3", "contoso_utils-1.1.0"):
        (packages / f"{name}.dist-info").mkdir(parents=True)
    sandbox = SimpleNamespace(folder=tmp_path, home=tmp_path / "home", packages=tmp_path / "environment")
    assert observation.installed(sandbox, []) == {"contoso-utils 1.1.0": "nowhere"}


def test_a_command_begins_where_its_first_line_is() -> None:
    """The last command of a script starts on its first line, even if it spans several."""
    assert observation.last_command("a\nb \\\n c \\\n d\n# said\n") == 2
