"""The mutation operators: the result of each for a small text, and no redundant mutants."""

from __future__ import annotations

import pytest

from handbook.tools.operators import SUBSTITUTIONS, broken, format_of, meaning, moved, mutants
from tests.every import CASES, mutants_of

URL = "https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/\n"
SHARED = "https://pkgs.dev.azure.com/contoso/_packaging/shared/pypi/simple/\n"
SWAPPED = "index-url-and-extra-index-url-swapped"
PRIORITY = 'priority = "{}"\n'
BEST = "index-strategy-becomes-unsafe-best-match"
STRATEGY = 'index-strategy = "{}"\n'
TABLE, OTHER = "a = {{ {} }}\n", 'b = { name = "x" }\n'


def made(kind: str, text: str, operator: str) -> list[str]:
    """Return the texts that an operator produces."""
    return [new for name, _, new, _ in broken(kind, text) if name == operator]


@pytest.mark.parametrize(
    ("operator", "kind", "text", "expected"),
    [
        ("wrong-letter-in-organization", "text", URL, [URL.replace("contoso", "contosp")]),
        ("wrong-letter-in-organization", "text", "contoso\n", []),
        ("wrong-letter-in-project", "text", URL, [URL.replace("platform", "platforn")]),
        ("wrong-letter-in-feed", "text", URL, [URL.replace("python-internal", "python-internam")]),
        ("wrong-letter-in-feed", "text", SHARED, [SHARED.replace("shared", "sharee")]),
        ("wrong-letter-in-source", "text", URL, []),
        ("wrong-letter-in-source", "text", SHARED, []),
        ("wrong-letter-in-source", "toml", 'name = "shared"\n', ['name = "sharee"\n']),
        ("wrong-letter-in-source", "shell", "A_SHARED_B=1\n", ["A_SHAREE_B=1\n"]),
        ("wrong-letter-in-source", "ini", "[internal]\n", ["[internam]\n"]),
        ("wrong-letter-in-source", "shell", "A_INTERNAL_B=1\n", ["A_INTERNAM_B=1\n"]),
        ("wrong-letter-in-variable", "shell", 'x "$A_TOKEN"\n', ['x "$A_TOKEO"\n']),
        ("wrong-letter-in-section", "toml", "[[a.b]]\n", ["[[b.b]]\n", "[[a.c]]\n"]),
        ("wrong-letter-in-section", "shell", "[tool.uv]\n", []),
        ("wrong-letter-in-package", "text", "contoso-a idna\n", ["contoso-b idna\n", "contoso-a idnb\n"]),
        ("simple-and-upload-swapped", "text", URL, [URL.replace("simple", "upload")]),
        ("simple-and-upload-swapped", "text", URL.replace("simple", "upload"), [URL]),
        ("slash-lost", "text", "https://a/b/\n", ["https://ab/\n", "https://a/b\n"]),
        ("segment-lost", "text", "https://a/b/c/\n", ["https://a/c/\n", "https://a/b/\n"]),
        (SWAPPED, "requirements", "--index-url x\n", ["--extra-index-url x\n"]),
        (SWAPPED, "ini", "[g]\nextra-index-url = x\n", ["[g]\nindex-url = x\n"]),
        ("key-misspelt", "toml", "explicit = true\n", ["expliciu = true\n"]),
        ("key-misspelt", "toml", TABLE.format('name = "x"'), [OTHER, TABLE.format('namf = "x"')]),
        ("key-misspelt", "shell", "pip install --index-url x\n", ["pip install --index-urm x\n"]),
        ("flag-flipped", "toml", "a = true\nb = false\n", ["a = false\nb = false\n", "a = true\nb = true\n"]),
        ("priority-becomes-primary", "toml", PRIORITY.format("explicit"), [PRIORITY.format("primary")]),
        ("priority-becomes-explicit", "toml", PRIORITY.format("explicit"), []),
        ("item-dropped", "toml", 'a = ["b", "c"]\n', ['a = ["c"]\n', 'a = ["b"]\n']),
        ("index-strategy-becomes-first-index", "toml", 'priority = "x"\n', []),
        (BEST, "toml", STRATEGY.format("x"), [STRATEGY.format("unsafe-best-match")]),
        ("item-dropped", "toml", 'a = ["b"]\n', []),
        ("flag-dropped", "shell", "pip install -r a.txt\n", ["pip install a.txt\n"]),
        ("flag-dropped", "shell", "read -rs A\n", ["read A\n", "read -s A\n", "read -r A\n"]),
        ("flag-and-value-dropped", "shell", "poetry add --source a b\n", ["poetry add b\n"]),
        ("flag-and-value-dropped", "shell", "tr -d '\\n' | x -c\n", ["tr | x -c\n"]),
        ("export-lost", "shell", "export A=1\nexport A\n", ["A=1\nexport A\n"]),
        ("dollar-lost", "shell", 'x "$A_TOKEN"\n', ['x "A_TOKEN"\n']),
        ("braces-lost", "requirements", "x${A_B}\n", ["x$A_B\n"]),
        ("line-removed", "requirements", "a\n\n# said\nb\n", ["\n# said\nb\n", "a\n\n# said\n"]),
        ("line-removed", "python", "# said\n", []),
        ("lines-swapped", "requirements", "-r a\n-r b\nc\nd\n", ["-r b\n-r a\nc\nd\n"]),
        ("lines-swapped", "toml", "a = 1\nb = 2\n", []),
        ("lines-swapped", "shell", "export A=1\nexport B=2\nx\n", ["export A=1\nx\nexport B=2\n"]),
    ],
)  # fmt: skip
def test_operator(operator: str, kind: str, text: str, expected: list[str]) -> None:
    """An operator changes a text as its name says, and produces nothing if it does not apply."""
    assert made(kind, text, operator) == expected


def test_every_substitution_breaks_a_case() -> None:
    """Each operator in the table applies to some case, or is tried above, so none is useless."""
    tried = {mark.args[1][i][0] for mark in test_operator.pytestmark for i in range(len(mark.args[1]))}
    used = {mutant.operator for case in CASES for mutant in mutants_of(case.name)}
    assert {change.operator for change in SUBSTITUTIONS} <= tried | used


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("a.txt", ["~/a.txt", "other/a.txt"]),
        ("src/x/a.py", ["src/a.py", "src/x/other/a.py"]),
        ("~/hello/a.txt", ["~/a.txt", "~/hello/other/a.txt"]),
        ("~/.pypirc", [".pypirc"]),
    ],
)
def test_file_in_another_place(place: str, expected: list[str]) -> None:
    """A file is moved one folder up and one folder down; a file of the home into the project folder."""
    assert list(moved(place).values()) == expected


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("pyproject.toml", "toml"),
        (".pypirc", "ini"),
        ("pip.conf", "ini"),
        ("requirements.txt", "requirements"),
        ("run.sh", "shell"),
        ("src/a/__init__.py", "python"),
        ("notes", "text"),
    ],
)
def test_format(file: str, kind: str) -> None:
    """The format in which a file is broken follows from its name."""
    assert format_of(file) == kind


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("toml", 'a = "b"\n', "a = 'b' # said\n"),
        ("ini", "[a]\nb =\n    c\n\n", "[a]\nb: c\n"),
        ("requirements", "a\n-r b\n", "-r b\n\na\n"),
        ("shell", 'export A="b"\n', "export  A=b\n"),
        ("python", "x = 1\n", "x = 1  # said\n"),
    ],
)
def test_same_meaning(kind: str, one: str, other: str) -> None:
    """Two texts with the same meaning in their language are equal; an invalid text equals only itself."""
    assert meaning(kind, one) == meaning(kind, other)
    assert meaning("toml", "a =\n") != meaning("toml", "a = \n")


def test_mutants_are_distinct_and_stable() -> None:
    """A case's mutants differ in meaning from each other and from the case, and have unique, stable ids."""
    for case in CASES:
        found = mutants_of(case.name)
        ids = [mutant.id for mutant in found]
        assert len(ids) == len(set(ids)) and found == mutants(case)
        texts = [(m.file, meaning(format_of(m.file), m.text)) for m in found if m.text is not None]
        assert all(texts.count(text) == 1 for text in texts)
        assert not [m for m in found if m.text == m.original and m.text is not None]
