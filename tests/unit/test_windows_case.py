"""A case's statements about Windows: what differs, that it does not run there, or that it runs only there."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest

from handbook.cases.case import SAVED, CaseError, load
from handbook.runner import normalise
from handbook.runner.shells import watched
from tests import every

TOML = 'title = "A case"\nclient = "pip"\nexit = 1\n{more}[asked]\nfeed = ["a"]\n[result]\n'
TOML += 'refused = ["401"]\nwritten = ["~/.netrc", "~/project/a.toml"]\n{end}'
NETRC = '".netrc" = { linux = "~/.netrc", macos = "~/.netrc", windows = "%USERPROFILE%\\\\.netrc" }\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Provide the folder of a case without its case.toml."""
    folder = tmp_path / "snippets" / "pip" / "fail-one"
    folder.mkdir(parents=True)
    (folder / "run.sh").write_text("pip list\n")
    return folder


def write(folder: Path, end: str = "", more: str = "", **files: str) -> Path:
    """Write a case with `files` beside its case.toml."""
    (folder / "case.toml").write_text(TOML.format(more=more, end=end))
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


def test_what_is_not_said_is_the_same(folder: Path) -> None:
    """Without any statement, a case expects the same on Windows as on Linux, with the paths of Windows."""
    case = load(write(folder, more=f"[place]\n{NETRC}", **{".netrc": "machine a\n"}))
    there = case.on("windows")
    assert (there.exit, there.asked, there.output, case.differs) == (1, {"feed": ["a"]}, None, False)
    assert there.result == {"refused": ["401"], "written": ["~/.netrc", "~/project/a.toml"]}
    assert case.on("linux") is case


def test_what_is_said_takes_its_place(folder: Path) -> None:
    """The stated exit status, hosts, results and output replace those of Linux, and nothing else does."""
    end = '[windows]\nwhy = "it is"\nexit = 0\nasked = {}\n[windows.result]\n'
    end += "written = ['%APPDATA%\\pip\\pip.ini', \"Credential Manager: a\"]\n"
    case = load(write(folder, end, output__txt="a\n", output__windows__txt="b\n"))
    there = case.on("windows")
    assert (there.exit, there.asked, there.output, case.output, case.differs) == (0, {}, "b\n", "a\n", True)
    written = ["~/AppData/Roaming/pip/pip.ini", "Credential Manager: a"]
    assert there.result == {"refused": ["401"], "written": written}


def test_where_a_case_runs(folder: Path) -> None:
    """A case runs everywhere, not on Windows, or only on Windows, as its case.toml or its files imply."""
    for end, runs in (("", (True, True)), ("no", (True, False)), ("only", (False, True))):
        case = load(write(folder, f'[windows]\n{end} = "so it is"\n' if end else ""))
        assert (case.runs_on("linux"), case.runs_on("windows")) == runs
    more = '[place]\n"azure-pipelines.yml" = "azure-pipelines.yml"\n'
    case = load(write(folder, more=more, **{"azure-pipelines.yml": "steps: []\n"}))
    assert case.not_on_windows == "its azure-pipelines.yml names another system"


@pytest.mark.parametrize(
    ("end", "files", "message"),
    [
        (
            "[windows]\nexit = 0\n",
            {},
            "says what is otherwise on Windows: say in 'windows.why' for",
        ),
        (
            '[windows]\nwhy = "a"\nno = "b"\nexit = 0\n',
            {},
            "says twice what is on Windows: say no, or only",
        ),
        ('[windows]\nno = " "\n', {}, "'windows' has no reason: say why it runs there alone, or not at all"),
        ('[windows]\nwhy = "a"\n', {}, "'windows' has no reason: say why it runs there alone, or not at all"),
        ('[windows]\nsame = "a"\n', {}, "unknown key 'windows.same': use why, exit, asked, result, no, only"),
        (
            '[windows]\nwhy = "a"\n',
            {"output__windows__txt": "a\n"},
            "output.windows.txt: stands alone: add",
        ),
        (
            '[saved]\n"a.txt" = "utf-16"\n',
            {},
            "saved names 'a.txt', which has no place: name",
        ),
        (
            "",
            {"run__cmd": "rem\n"},
            "run.cmd: is not all that runs: take run.sh out, and say",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    folder: Path, end: str, files: dict[str, str], message: str
) -> None:
    """Each mistake is reported in one line with the file and the cure."""
    with pytest.raises(CaseError) as raised:
        load(write(folder, end, **files))
    assert message in str(raised.value) and "\n" not in str(raised.value)


def test_an_unknown_way_to_save_is_named(folder: Path) -> None:
    """An unknown way to save a file is refused with the known ones."""
    more = '[place]\n"a.txt" = "a.txt"\n[saved]\n"a.txt" = "latin-1"\n'
    with pytest.raises(CaseError, match=f"saved says 'latin-1': use one of {', '.join(SAVED)}"):
        load(write(folder, more=more, **{"a.txt": "a\n"}))


def test_a_place_of_windows_alone(folder: Path) -> None:
    """A case that runs only on Windows gives its files places for Windows only."""
    more = '[place]\n"pip.ini" = { windows = "%APPDATA%\\\\pip\\\\pip.ini" }\n'
    files = {"pip.ini": "[global]\n"}
    assert load(write(folder, '[windows]\nonly = "it is"\n', more, **files)).called("pip.ini") == "pip.ini"
    with pytest.raises(CaseError, match="place of 'pip.ini' is incomplete: give one path, or linux"):
        load(write(folder, "", more))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"Saved .\contoso_tools-1.0.0-py3-none-any.whl", "Saved ./contoso_tools-1.0.0-py3-none-any.whl"),
        (r"Activate with: .venv\Scripts\activate", "Activate with: source .venv/bin/activate"),
        (
            r"Writing to C:\users\a\AppData\Roaming\pip\pip.ini",
            "Writing to /home/az/AppData/Roaming/pip/pip.ini",
        ),
        ("'file:///C:/users/a/project'", "'file:///home/az/project'"),
        (f"100% {'-' * 40} 1/1", f"100% {'━' * 40} 1/1"),
        ("a\nERROR Failed to unlock resource C:\\x: Lock violation. (os error 33)\nb", "a\nb"),
        (r"'\ufeff[global]\n'", r"'\ufeff[global]\n'"),
        ("use `.\\internal` or `./internal`", "use `.\\internal` or `./internal`"),
        (
            r"uv> Z:\a\.envs/wine/prefix/drive_c/clients/tox-uv\Scripts\uv.exe venv C:\users\a\.tox",
            "uv> /home/az/.local/share/uv/tools/tox-uv/bin/uv venv /home/az/.tox",
        ),
    ],
)
def test_what_differs_everywhere_on_windows_is_normalised(text: str, shown: str) -> None:
    """Paths, separators and bars of Windows become the page's; nothing else changes, nothing on Linux."""
    home, temporary = PureWindowsPath(r"C:\users\a"), PureWindowsPath(r"C:\users\a\AppData\Local\Temp")
    assert normalise.normalised(text, home, temporary) == shown
    assert normalise.normalised(text, Path("/home/a"), Path("/tmp/a")) == text


@pytest.mark.parametrize(
    ("there", "here"),
    [
        ("Roaming/pip/pip.ini", ".config/pip/pip.conf"),
        ("Local/pypoetry/Cache/virtualenvs", ".cache/pypoetry/virtualenvs"),
    ],
)
def test_folders_of_windows_are_those_of_the_page(there: str, here: str) -> None:
    """If a page shows the folders of Linux, these replace the folders of Windows in an output."""
    assert normalise.placed(f"in /home/az/AppData/{there}") == f"in /home/az/{here}"


def test_cmd_is_watched_after_each_line() -> None:
    """After each line of a run.cmd, an added line ends the script and records the line if it failed."""
    found = list(watched(["a", "b"], r"C:\failed"))
    assert found[::2] == ["a", "b"]
    assert found[3] == r"if not %errorlevel%==0 (>C:\failed echo 2& exit /b %errorlevel%)"


def test_what_comes_first_runs_there_too() -> None:
    """What must come before a case that runs on Windows runs there as well."""
    cases = {case.name: case for case in every.CASES}
    there = [case for case in cases.values() if case.runs_on("windows")]
    missing = [
        case.name
        for case in there
        if not all(cases[one].runs_on("windows") for one in case.given.get("after", []))
    ]
    assert missing == []
