"""Occurrences of the example names and their replacements are the same in Python and in the browser."""

from __future__ import annotations

import json
import re

import pytest
from py_mini_racer import MiniRacer

from handbook.cases import names
from handbook.site.look import package
from handbook.site.look.name_marks import marked
from tests import every
from tests.conftest import ROOT
from tests.unit import shape

SCRIPT = (ROOT / "_static" / "names.js").read_text(encoding="utf-8")
# "platform" is also an ordinary word in messages, where it has no delimiters as a name would.
WORDS = re.compile(r"(?<![\w-])(?:contoso|python-internal)(?![\w-])|(?<=[`/\"])platform(?=[`/\"])")
# A person's mail address, and a company at another host.
NO_NAMES = re.compile(r"name@contoso\.com|repo:contoso[/@]")
VALUES = [
    ("fabrikam", "Data Team", "wheels"),
    ("fabrikam", "", "wheels@Local"),
    ("a", "p_1.x", "f.g-h@v"),
]
HOST = "https://pkgs.dev.azure.com"
BASE = f"{HOST}/contoso"
HOSTILE = [
    '<img src=x onerror="alert(1)">', '"; rm -rf ~', "$(id)", "`id`", "../../x", "a b\n", "a%20b", "a/b",
    "-a", "a\\b", "{{x}}", "ä", "a" + "-a" * 32, "\u212a",
]  # fmt: skip
# Token forms that shape.py detects, assembled here so that no file contains one.
TOKENS = ["a" * 75 + "AZDO" + "b" * 4, "a2" * 26, "eyJ" + "a" * 12 + "." + "b" * 12, "ghp_" + "a" * 30]


@pytest.fixture(scope="module")
def script() -> MiniRacer:
    """Provide the browser's script, without a browser."""
    context = MiniRacer()
    context.eval(SCRIPT)
    return context


def call(script: MiniRacer, function: str, *arguments: object) -> object:
    """Return the result of one of the script's functions."""
    given = ", ".join(json.dumps(argument) for argument in arguments)
    return json.loads(script.eval(f"JSON.stringify(handbookNames.{function}({given}) ?? null)"))


def texts() -> dict[str, str]:
    """Return each file of each case, each page, and the data from which pages are made."""
    files = [path for case in every.CASES for path in case.folder.rglob("*") if path.is_file()]
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in [*files, *shape.pages(ROOT), *(ROOT / "guides").rglob("*.toml")]
    }


def test_each_example_name_is_an_occurrence() -> None:
    """Every occurrence of contoso, platform or python-internal as a word of its own is replaced."""
    left = []
    for file, text in texts().items():
        text = NO_NAMES.sub("", text)
        spans = [range(mark.start, mark.end) for mark in names.occurrences(text)]
        found = [word for word in WORDS.finditer(text) if not any(word.start() in one for one in spans)]
        left += [f"{file}: {text[word.start() - 30 : word.end() + 20]!r}" for word in found]
    assert left == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{BASE}/platform/_packaging/python-internal/pypi/simple/", "w contoso/platform v python-internal"),
        (f"{BASE}/platform/_packaging/python-internal@Release/pypi/", "w contoso/platform f python-internal"),
        (f"{BASE}/platform/_packaging/python-internal/pypi/upload/", "w contoso/platform f python-internal"),
        (f"{BASE}/platform/_packaging/no-such-feed/pypi/simple/", "w contoso/platform"),
        (f"{BASE}/_packaging/shared/pypi/simple/", "o contoso"),
        (f"{BASE}/_packaging/python-internal/pypi/simple/", "o contoso v python-internal"),
        ("contoso/platform/_packaging/python-internal/pypi/", "w contoso/platform v python-internal"),
        ("with url: /contoso/platform/_packaging/no-such-feed/pypi/", "w contoso/platform"),
        ("pkgs.dev.azure.com/contoso --username", "o contoso"),
        ("https://contoso.pkgs.visualstudio.com/", "o contoso"),
        ("contoso", "o contoso"),
        ("the organization `contoso`, in `/contoso/`", "o contoso o contoso"),
        ('artifactFeed: "platform/python-internal"', "q platform/python-internal"),
        ("[python-internal]", "f python-internal"),
        ("python-internal@Release", "f python-internal"),
    ],
)
def test_occurrences(text: str, expected: str) -> None:
    """A name is found in URLs, in a pipeline's settings and on its own, each with its kind."""
    found = [f"{mark.kind} {text[mark.start : mark.end]}" for mark in names.occurrences(text)]
    assert " ".join(found) == expected


@pytest.mark.parametrize(
    "text",
    [
        "# the platform team of contoso", "import platform", "sys.platform == 'linux'", "platform/x",
        "contoso-utils", "contoso_utils", "import contoso", "from contoso.tools import x", "contoso/tools.py",
        "name@contoso.com", "CONTOSO=1", "my-contoso", "python-internal-two", "x/python-internal",
        "python-internal.txt", "my-python-internal", "https://example.org/contoso/platform", f"{BASE}-two/",
    ],
)  # fmt: skip
def test_what_is_no_occurrence(text: str) -> None:
    """A word in a comment, a module, a variable, a package and another URL are left alone."""
    assert names.occurrences(text) == []


def test_publishing_names_no_view() -> None:
    """A reader's view is used in install URLs, but not in those that publish or already name a view."""
    text = f"{BASE}/platform/_packaging/python-internal{{}}/pypi/{{}}/"
    for view, what, expected in (
        ("", "simple", "@Local"),
        ("@Release", "simple", "@Release"),
        ("", "upload", ""),
    ):
        filled = names.filled_in(text.format(view, what), "fabrikam", "", "wheels@Local")
        assert filled == f"https://pkgs.dev.azure.com/fabrikam/_packaging/wheels{expected}/pypi/{what}/"


@pytest.mark.parametrize("values", VALUES, ids=ascii)
def test_the_script_fills_in_the_same(script: MiniRacer, values: tuple[str, str, str]) -> None:
    """For each kind of mark, the browser's script and Python give the same text."""
    assert {kind: call(script, "filled", kind, values) for kind in names.KINDS} == {
        kind: fill(*values) for kind, fill in names.KINDS.items()
    }


def allowed(kind: str, value: str) -> bool:
    """Return whether Python allows the value."""
    try:
        return names.validated(kind, value) == value
    except names.NamesError:
        return False


@pytest.mark.parametrize(
    "value", [*HOSTILE, *TOKENS, "", "fabrikam", "Data Team", "wheels@Local", "a.b", "A-1"], ids=ascii
)
def test_the_script_allows_the_same(script: MiniRacer, value: str) -> None:
    """The browser's script refuses a value exactly if Python does."""
    for kind, (pattern, _) in names.ALLOWED.items():
        refused = call(script, "wrong", [value], [pattern.pattern], names.TOKEN.pattern) == 0
        assert refused != allowed(kind, value), kind


@pytest.mark.parametrize("value", [*HOSTILE, *TOKENS], ids=ascii)
def test_hostile_values_and_tokens_are_refused(script: MiniRacer, value: str) -> None:
    """An invalid name is refused as organization, project and feed, and a message never repeats a token."""
    patterns = [pattern.pattern for pattern, _ in names.ALLOWED.values()]
    for at, kind in enumerate(names.ALLOWED):
        values = [value if index == at else "a" for index in range(3)]
        # Only a project may contain a space; none may contain a line feed.
        assert call(script, "wrong", values, patterns, names.TOKEN.pattern) == at, kind
        with pytest.raises(names.NamesError) as refused:
            names.validated(kind, value)
        assert "use letters" in str(refused.value)
        assert value not in str(refused.value) or value not in TOKENS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{HOST}/fabrikam/Data%20Team/_packaging/wheels/pypi/simple/", "fabrikam|Data Team|wheels"),
        (f"{HOST}/fabrikam/_packaging/wheels@Local/pypi/upload", "fabrikam||wheels@Local"),
        (f"[global]\nindex-url={HOST}/a/b/_packaging/c/pypi/simple/\n", "a|b|c"),
        ("https://fabrikam@pkgs.dev.azure.com/fabrikam/p/_packaging/f/pypi/", "fabrikam|p|f"),
        ("https://az:secret@pkgs.dev.azure.com/fabrikam/p/_packaging/f/pypi/", "fabrikam|p|f"),
        ("https://fabrikam.pkgs.visualstudio.com/p/_packaging/f/pypi/simple/", "fabrikam|p|f"),
        ("https://fabrikam.pkgs.visualstudio.com/DefaultCollection/_packaging/f/pypi", "fabrikam||f"),
        (f'"{HOST}/a/b/_packaging/c"', "a|b|c"),
        ("https://dev.azure.com/fabrikam/Data%20Team/_artifacts/feed/wheels", "fabrikam|Data Team|wheels"),
        ("https://dev.azure.com/a/b/_artifacts/feed/c@Release?view=x", "a|b|c@Release"),
        ("https://dev.azure.com/a/_artifacts/feed/c", "a||c"),
        (
            "https://fabrikam.visualstudio.com/p/_artifacts/feed/f/PyPI/pkg-1/overview/1.0",
            "fabrikam|p|f|pkg-1",
        ),
        ("https://dev.azure.com/a/b/_artifacts/feed/c/NuGet/Other.Package", "a|b|c"),
        (f"{HOST}/a/%E0%A4%A/_packaging/c/", None),
        ("https://dev.azure.com/fabrikam/p", None),
        ("https://example.org/a/b/_packaging/c/", None),
        ("fabrikam", None),
    ],
)
def test_an_address_gives_the_names(script: MiniRacer, text: str, expected: str | None) -> None:
    """The names are read from a feed's URL, without a credential, and from no other text."""
    assert call(script, "read", text) == (expected and expected.split("|"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pip install contoso-utils==1.0", "p contoso-utils"),
        ("simple/contoso-utils/contoso_utils-1.0.0-py3-none-any.whl", "p contoso-utils u contoso_utils"),
        ("contoso_utils-1.0.0.tar.gz", "u contoso_utils"),
        ("import contoso_utils", ""),
        ("contoso-utils-extra, my-contoso-utils, contoso-utils.toml, contoso-tools", ""),
    ],
)
def test_the_package_is_found(text: str, expected: str) -> None:
    """The package is found by its name and in its file names; modules and other packages keep theirs."""
    assert (
        " ".join(f"{mark.kind} {text[mark.start : mark.end]}" for mark in package.occurrences(text))
        == expected
    )


@pytest.mark.parametrize("name", ["data-tools", "Data.Tools", "a__b"])
def test_the_script_fills_in_a_package(script: MiniRacer, name: str) -> None:
    """A package's name appears as typed, and in file names in the form that PyPI's specification requires."""
    assert call(script, "filled", "p", ["a", "", "f", name]) == name
    assert call(script, "filled", "u", ["a", "", "f", name]) == re.sub(r"[-_.]+", "_", name).lower()
    assert set(package.KINDS) == {"p", "u"}


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([(0, 2, "o")], ["a.Vo:ab", "b:cd", "c:ef"]),
        ([(1, 5, "w")], ["a:a", "a.Vw:bcde", "c:f"]),
        ([(0, 1, "o"), (1, 2, "f")], ["a.Vo:a", "a.Vf:b", "b:cd", "c:ef"]),
        ([(4, 6, "v")], ["a:ab", "b:cd", "c.Vv:ef"]),
        ([], ["a:ab", "b:cd", "c:ef"]),
    ],
)
def test_tokens_are_cut_at_the_marks(marks: list[tuple[int, int, str]], expected: list[str]) -> None:
    """A mark becomes one token, wherever the highlighter's tokens end, and no character is lost."""
    from pygments.token import Token

    tokens = [(getattr(Token, kind.upper()), text) for kind, text in (("a", "ab"), ("b", "cd"), ("c", "ef"))]
    found = marked(tokens, [names.Mark(*mark) for mark in marks])
    assert [f"{'.'.join([kind[0].lower(), *kind[1:]])}:{text}" for kind, text in found] == expected
