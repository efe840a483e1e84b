"""A case affects nothing outside its run: paths, file names and variables are confined, links refused."""

import json
from pathlib import Path

import pytest

from handbook.cases import case
from tests.unit.test_case import GOOD, refused, write

WHEEL = "contoso_utils-1.1.0-py3-none-any.whl"
GIVEN = {
    'after = ["../../x"]': "given.after names '../../x', no case: name it client/verb-qualifier",
    f'dist = ["../{WHEEL}"]': f"given.dist names '../{WHEEL}': use a path in the project folder",
    f'dist = ["/{WHEEL}"]': f"given.dist names '/{WHEEL}': use a path",
    f'dist = ["~/{WHEEL}"]': f"given.dist names '~/{WHEEL}': use a path",
    rf'dist = ["a\\{WHEEL}"]': r"given.dist names 'a\\",
    'dist = ["junk"]': "given.dist names 'junk', no distribution: name it like",
    'dist = ["a/.whl"]': "given.dist names 'a/.whl', no distribution",
    f'feed = ["a/{WHEEL}"]': f"given.feed names 'a/{WHEEL}': give the file's name alone",
    'hosts = ["10.0.0.1 evil"]': "given.hosts names '10.0.0.1 evil': write a host's name, such as",
    'feed = ["contoso-utils"]': "given.feed names 'contoso-utils', no distribution",
    "variables = { A = 1 }": "key 'given.variables' has the wrong type: make each value a string",
    r'variables = { A = "\u0000" }': "given.variables gives A a NUL: make it a string without NUL",
    'variables = { "A=B" = "c" }': "given.variables names 'A=B', no variable: use letters",
    'variables = { "" = "c" }': "given.variables names '', no variable",
    r'variables = { "A\u0000" = "c" }': "given.variables names 'A\\x00', no variable",
    'variables = { PATH = "/x" }': "given.variables sets PATH: take it out: the harness sets it",
    'variables = { Path = "/x" }': "given.variables sets Path: take it out",
    'variables = { LD_PRELOAD = "/x" }': "given.variables sets LD_PRELOAD: take it out",
    'variables = { BASH_ENV = "/x" }': "given.variables sets BASH_ENV: take it out",
    'variables = { A = "{nope}" }': "given.variables gives A unknown credential class 'nope': use",
}


@pytest.mark.parametrize("given", GIVEN)
def test_a_mistake_in_given(tmp_path: Path, given: str) -> None:
    """Given files stay in the project folder, and given variables affect no program except the client."""
    said = refused(write(tmp_path, GOOD.replace("[asked]", f"[given]\n{given}\n[asked]")))
    assert said.startswith(f"snippets/pip/install-env/case.toml: {GIVEN[given]}")


OUTSIDE = [
    ".",
    "~",
    "~/",
    "~/.",
    "~/..",
    "sub/",
    "a//b",
    "./a",
    "~az/a",
    "%TEMP%/a",
    "C:/a",
    r"\\host\a",
    r"..\a",
    "a:b",
    "a.",
]


@pytest.mark.parametrize(
    "path", [*OUTSIDE, "", "a\0", "a\nb", "x" * 101, "/".join(["x" * 60] * 5)], ids=ascii
)
def test_a_place_outside(tmp_path: Path, path: str) -> None:
    """A place outside the reader's folders, on any system, is reported in one line with the cure."""
    good = '"requirements.txt" = "requirements.txt"'
    said = refused(write(tmp_path, GOOD.replace(good, f'"requirements.txt" = {json.dumps(path)}')))
    assert said.startswith("snippets/pip/install-env/case.toml: place of 'requirements.txt' is ")


@pytest.mark.parametrize("name", ["/etc/hostname", "../install-other/run.sh", "~/a", "a/../requirements.txt"])
def test_a_file_outside(tmp_path: Path, name: str) -> None:
    """A placed file must be in the case's folder, so no path can lead out of it."""
    (write(tmp_path, name="pip/install-other") / "a").mkdir()
    folder = write(tmp_path, GOOD.replace('"requirements.txt" =', f'"{name}" ='))
    assert refused(folder).startswith(
        f"snippets/pip/install-env/case.toml: place names {name!r}: use a path in"
    )


@pytest.mark.parametrize("other", ["~/.PYPIRC", "~/.pypirc/b"])
def test_two_places_that_clash(tmp_path: Path, other: str) -> None:
    """Two places are refused if they differ only in letter case, or if one is a folder of the other."""
    good = '"requirements.txt" = "requirements.txt"'
    said = refused(write(tmp_path, GOOD.replace(good, f'"requirements.txt" = "{other}"')))
    assert "place puts two files at one path on linux" in said


@pytest.mark.parametrize("name", ["run.sh", "requirements.txt", "case.toml", "folder", "dangling"])
def test_a_link_in_a_case(tmp_path: Path, name: str) -> None:
    """A link to a file or folder, intact or dangling, is refused, as pages print only the case's files."""
    folder = write(tmp_path)
    target = tmp_path / "elsewhere"
    (target / "sub").mkdir(parents=True) if name == "folder" else target.write_text(GOOD)
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(target if name != "dangling" else tmp_path / "none")
    assert refused(folder) == f"snippets/pip/install-env: {name!r} is a link: put the file itself there"


def test_a_case_that_is_a_link(tmp_path: Path) -> None:
    """A case's folder that is a link, or is below one, is refused."""
    folder = write(tmp_path)
    (tmp_path / "away").mkdir()
    for place, target in (
        (folder, tmp_path / "away" / "case"),
        (folder.parent, tmp_path / "away" / "client"),
    ):
        place.rename(target)
        place.symlink_to(target)
        assert (
            refused(folder) == "snippets/pip/install-env: 'install-env' is a link: put the file itself there"
        )
        place.unlink()
        target.rename(place)
    assert case.load(folder).name == "pip/install-env"
