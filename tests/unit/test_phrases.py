"""The service's phrases: each has its source, and no undeclared words get into a recording or a grade."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from handbook.cases import names
from handbook.cases.grades import weakest
from handbook.feed import answers, phrases, recording
from handbook.feed.http import Response
from handbook.runner import run
from tests.conftest import ROOT
from tests.facts.fact import evidence
from tests.unit.test_run import written

PHRASES = phrases.declared()
CASSETTES = ROOT / "tests" / "cassettes"
UNKNOWN = "test_unknown_package.yaml"  # its last answer contains `package-not-found`


@pytest.mark.parametrize("phrase", PHRASES.values(), ids=lambda phrase: phrase.id)
def test_a_phrase_is_no_better_than_its_evidence(phrase: phrases.Phrase) -> None:
    """A phrase has the weakest grade of its sources, which together show all its words, and each some."""
    if phrase.inferred:
        assert phrase.grade == "inferred" and not phrase.evidence
        return
    sources = [evidence()[name] for name in phrase.evidence]
    assert phrase.grade == weakest(one["grade"] for one in sources)
    shown = [phrases.folded(f"{one['quote']}{one.get('response', '')}").replace("%20", "") for one in sources]
    pieces = [phrases.folded(one) for one in phrases.GAP.sub("\n", phrase.text).splitlines()]
    pieces = [one for one in pieces if any(map(str.isalnum, one))]
    for one in shown:
        assert any(piece in one for piece in pieces)
    assert [piece for piece in pieces if not any(piece in one for one in shown)] == []


def test_gaps_are_filled_once() -> None:
    """A phrase with a missing or superfluous gap builds no response, and the error names the gap."""
    with pytest.raises(phrases.PhraseError, match=r"package-not-found has other gaps \(feed\)"):
        answers.error("package-not-found", package="contoso-utils")
    with pytest.raises(phrases.PhraseError, match=r"other gaps \(why\)"):
        answers.error("local-version", why="because")


def test_a_broken_declaration_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A phrase with neither evidence nor a reason is refused with its id and the cure."""
    file = tmp_path / "phrases.toml"
    file.write_text('[new]\ntext = "So it is."\nwhere = "message"\nstatus = 400\n')
    monkeypatch.setattr(phrases, "FILE", file)
    with pytest.raises(phrases.PhraseError) as said:
        phrases.declared.__wrapped__()
    assert str(said.value).startswith("phrases.toml: new is incomplete: give ") and "\n" not in str(
        said.value
    )


def test_each_answer_of_the_recording_says_one_phrase() -> None:
    """Each recorded error states exactly one phrase, and all sentences except two occur in the recording."""
    recorded = recording.load(CASSETTES, run.today(CASSETTES))
    errors = [(question, one) for question, one in recorded.items() if one.response.status >= 400]
    silent = [str(question) for question, one in errors if not one.phrases and question.method != "HEAD"]
    assert errors and silent == []
    spoken = {phrase.id for _, one in errors for phrase in one.phrases}
    unspoken = {one.id for one in PHRASES.values() if one.where in phrases.SENTENCES} - spoken
    assert unspoken == {"no-form-file", "metadata-version"}  # no client in the handbook triggers these two


def test_a_sentence_slipped_into_the_model_is_found(tmp_path: Path) -> None:
    """A recording with an undeclared sentence is refused in one line with file, words and cure."""
    part = tmp_path / "test_index"
    shutil.copytree(CASSETTES / "test_index", part)
    file = part / UNKNOWN
    file.write_text(file.read_text().replace("was not found in feed", "never was in feed"))
    with pytest.raises(recording.RecordingError) as said:
        recording.load(tmp_path, ["test_index"])
    line = str(said.value)
    assert line.startswith(f"{file}: GET ") and "no phrase says \"Package '" in line
    assert line.endswith("declare it once in handbook/feed/phrases.toml") and "\n" not in line


@pytest.mark.parametrize(
    "answer",
    [
        Response(409, "Conflict - It is taken."),
        Response(400, "Bad Request", (), b"It is broken."),
        Response(404, "Not Found", (), b'{"count":1,"value":{"Message":"There is nothing."}}'),
        Response(401, "Unauthorized", (("WWW-Authenticate", "Digest"),)),
        Response(401, "Unauthorized", (("WWW-Authenticate", 'Basic realm="x"'), ("X-VSS-New", "1"))),
        Response(
            400, "Bad Request", (("Content-Type", "application/xml"),), b"<Error><Code>New</Code></Error>"
        ),
    ],
    ids=["reason", "text", "routing", "challenge", "header", "code"],
)
def test_words_of_every_place_are_looked_at(answer: Response) -> None:
    """Undeclared words are refused in every part of a response that can contain words."""
    with pytest.raises(phrases.PhraseError, match="no phrase"):
        phrases.said(answer)


def test_two_phrases_for_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that two phrases declare are refused, because it would be unclear which grade counts."""
    twice = {**PHRASES, "again": PHRASES["local-version"]}
    monkeypatch.setattr(phrases, "declared", lambda: twice)
    with pytest.raises(phrases.PhraseError, match="two phrases say"):
        phrases.sentence(answers.error("local-version"))


NOT_FOUND = PHRASES["package-not-found"]


@pytest.mark.parametrize(
    ("output", "stands"),
    [
        ("404: Package 'a' was not found in feed 'b'.", True),
        ("404: Package 'a' was\n│   not found │\n in feed 'b'.", True),
        ("ERROR: Package 'a' was not found in the index", False),
        ("", False),
    ],
)
def test_a_phrase_is_found_however_lines_break(output: str, stands: bool) -> None:
    """A fixed piece of a phrase is found across line breaks and frames, and not in other words."""
    assert NOT_FOUND.stands_in(output) is stands


def test_standard_words_are_no_phrase() -> None:
    """HTTP's standard reasons and the clients' own words for them match no phrase."""
    everything = (
        "404 Not Found\n401 Unauthorized\n403 Forbidden\n409 Conflict\nNo matching distribution found"
    )
    assert [one.id for one in PHRASES.values() if one.stands_in(everything)] == []


def graded(harness: run.Harness, root: Path, commands: str) -> str:
    """Return the grade of a small pip case."""
    more = '[credential]\nAZURE_ARTIFACTS_TOKEN = "reader-read"'
    case = written(root, commands, client="pip", name="fail-a", more=more)
    return run.observe(harness, [case], root / "run").grade


INDEX = f"az:$AZURE_ARTIFACTS_TOKEN@{names.feed_base('contoso', 'platform', 'python-internal')[8:]}simple/"
ASK = f'pip download -vv --no-deps --index-url "https://{INDEX}" contoso-nothing'


def test_a_printed_phrase_lowers_the_grade(harness: run.Harness, tmp_path: Path) -> None:
    """A case that prints an inferred sentence of an answer that it got is inferred.

    If it does not print the sentence, it keeps the fact's grade; without the answer, the words count as the
    client's own.
    """
    quiet, loud, alone = (tmp_path / name for name in ("quiet", "loud", "alone"))
    assert graded(harness, loud, f"{ASK} || true\n") == "inferred"
    assert (
        graded(harness, quiet, f"{ASK} >/dev/null 2>&1 || true\n") == harness.grades[f"test_index/{UNKNOWN}"]
    )
    assert harness.grades[f"test_index/{UNKNOWN}"] != "inferred"
    assert graded(harness, alone, "echo \"Package 'a' was not found in feed 'b'.\"\n") == "local"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("one two three", ["one two three"]),
        ("one two {gap} three four five six", ["three four five six"]),
        ("fifteen-letters", ["fifteen-letters"]),
        ("sixteen--letters", ["sixteen--letters"]),
        ("fourteen-chars", []),
        ("one two", []),
        ("one two\nthree", []),
    ],
)
def test_a_piece_has_three_words_or_fifteen_characters(text: str, pieces: list[str]) -> None:
    """A piece that is searched for in an output is long enough not to occur by chance."""
    assert phrases.Phrase("new", text, "message", "inferred").pieces == pieces


def test_head_may_say_nothing() -> None:
    """Only HEAD, which has no body, may be answered without a sentence; if it has one, that counts."""
    silent = Response(405, "Method Not Allowed")
    assert phrases.sentence(silent, "HEAD") is None
    with pytest.raises(phrases.PhraseError, match="no phrase"):
        phrases.sentence(silent, "GET")
    said = answers.error("lacks-read", user="a")
    assert phrases.sentence(Response(said.status, said.reason), "HEAD") == PHRASES["lacks-read"]


def test_a_sentence_is_that_of_its_place_and_status() -> None:
    """The words of a phrase in another part of the response, or with another status, match no phrase."""
    text = PHRASES["token-expired"].text
    for answer in (
        Response(404, f"Not Found - {text}"),
        Response(401, "Unauthorized", (("WWW-Authenticate", text),)),
    ):
        with pytest.raises(phrases.PhraseError, match="no phrase"):
            phrases.sentence(answer)
