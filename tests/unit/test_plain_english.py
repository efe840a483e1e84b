"""Texts for readers use none of the phrases in handbook/tools/plain_english.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from handbook.tools import plain_english
from tests.conftest import ROOT

ROWS = tomllib.loads(plain_english.FILE.read_text(encoding="utf-8"))["phrase"]


def test_texts_say_none() -> None:
    """No text in the list's strict folders contains one of its phrases."""
    assert plain_english.lines(ROOT, plain_english.strict()) == []


@pytest.mark.parametrize("row", ROWS, ids=[row["bad"] for row in ROWS])
def test_each_row_catches_its_example(row: dict[str, str]) -> None:
    """Each phrase is found in its bad example, and no phrase in its good example."""
    assert row["write"] in [write for _, _, write in plain_english.found(row["bad"])]
    assert list(plain_english.found(row["good"])) == []


@pytest.mark.parametrize(
    "text",
    [
        "The variable `stands` here.",
        "```text\nIt stands for ever.\n```",
        "```{toctree}\nWhoever <./x>\n```",
        'pip says "token stands" and ends.',
        "pip says “token stands” and ends.",
        "[The page](https://example.com/it-stands-for-ever) and <https://example.com/whoever>",
        ":::{case} pip/whoever\n:::\n",
        ":caption: whoever\n",
        "{case}`pip/whoever-stands`",
        "{case}`this run <pip/whoever-stands>`",
        "One paragraph, which ends with, too\n\n, another one",
        "A standard, an understanding, a bystander.",
    ],
)
def test_what_others_say_is_left_alone(text: str) -> None:
    """Code, directives, quotations, names and addresses are not checked."""
    assert list(plain_english.found(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "One.\nTwo: {case}`it stands <pip/x>`",
        "One.\nTwo: [it stands](x)",
        "`a`\n* It stands `here`",
        "\nSTANDS",
    ],
)
def test_prose_around_code_is_looked_at(text: str) -> None:
    """A label, the text of a link and the words beside code are prose and keep their line numbers."""
    assert [(line, words.lower()) for line, words, _ in plain_english.found(text)] == [(2, "stands")]


def test_a_phrase_across_lines() -> None:
    """A phrase that continues on the next line is reported at its first line."""
    assert [(line, words) for line, words, _ in plain_english.found("One.\nIt is taken for\never.")] == [
        (2, "for ever")
    ]


def test_what_is_told(tmp_path: Path) -> None:
    """A finding names the file, the line, the words and what to write, and other folders are not strict."""
    (tmp_path / "guides").mkdir()
    (tmp_path / "guides" / "a.md").write_text("# A\n\nIt stands.\n", encoding="utf-8")
    told = "guides/a.md:3: says 'stands': write 'is' (handbook/tools/plain_english.toml)"
    assert plain_english.lines(tmp_path, ("guides/",)) == [told]
    assert plain_english.lines(tmp_path, ("snippets/",)) == []
