"""Reading cases and names: each mistake is reported in one line with the file and the cure."""

import re
from pathlib import Path

import pytest

from handbook.cases import case, names

GOOD = """title = "Install with pip"
client = "pip"
exit = 0
[place]
"requirements.txt" = "requirements.txt"
".pypirc" = { linux = "~/.pypirc", macos = "~/.pypirc", windows = "%USERPROFILE%\\\\.pypirc" }
[credential]
placeholder = "reader-read"
[asked]
feed = ["contoso-utils"]
[result]
installed = { "contoso-utils 1.1.0" = "file-store" }
"""
WINS = '[precedence]\nwins = "`A`"\nover = "`B`"\nclass = "wrong"\n'
CHECKED = '[checked]\nno = "a person signs in"\nsource = "https://example.org/"\ndate = 2026-11-22\n'


def write(root: Path, toml: str = GOOD, name: str = "pip/install-env") -> Path:
    """Write a case with two files; return its folder."""
    folder = root / "snippets" / name
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(toml)
    (folder / "requirements.txt").write_text("contoso-utils==1.1.0\n")
    (folder / ".pypirc").write_text("[internal]\npassword = placeholder\n")
    (folder / "run.sh").write_text("pip install -r requirements.txt\n")
    return folder


def refused(folder: Path) -> str:
    """Return the one-line error of a case that cannot be loaded."""
    with pytest.raises(case.CaseError) as error:
        case.load(folder)
    message = str(error.value)
    assert re.fullmatch(r"snippets/\S+: .+: .+", message), message
    return message


def test_a_case_is_its_folder(tmp_path: Path) -> None:
    """A case's name is its path, its files are in the order of `place`, and its texts equal the files."""
    write(tmp_path)
    [found] = case.all_cases(tmp_path)
    assert (found.name, found.verb, found.exit, found.output) == ("pip/install-env", "install", 0, None)
    assert found.files == ["requirements.txt", ".pypirc"]
    assert found.place[".pypirc"]["windows"] == r"%USERPROFILE%\.pypirc"
    assert found.place["requirements.txt"]["macos"] == "requirements.txt"
    assert found.text("requirements.txt") == "contoso-utils==1.1.0\n"
    assert found.commands == "pip install -r requirements.txt\n"


MISTAKES = [
    ("exit = 0\n", "exit = 0\ncolour = 1\n", "unknown key 'colour'"),
    ("exit = 0\n", "", "key 'exit' is missing"),
    ('[asked]\nfeed = ["contoso-utils"]\n', "", "key 'asked' is missing"),
    ("exit = 0", "exit = true", "key 'exit' has the wrong type"),
    ("exit = 0", "exit = 256", "exit is 256"),
    ('title = "Install with pip"', "title = 1", "key 'title' has the wrong type"),
    ('title = "Install with pip"', 'title = " "', "title is not one line"),
    ('["contoso-utils"]', '"contoso-utils"', "key 'asked.feed' has the wrong type"),
    ("exit = 0", "exit =", "is not TOML"),
    ('"requirements.txt" = "requirements.txt"', "", "place does not name 'requirements.txt'"),
    ('"requirements.txt" =', '"absent.txt" =', "place names 'absent.txt', which does not exist"),
    ('"requirements.txt" =', '"run.sh" =', "place names 'run.sh'"),
    ('= "requirements.txt"', '= "/etc/pip.conf"', "place of 'requirements.txt' is '/etc/pip.conf'"),
    ('= "requirements.txt"', '= "../pip.conf"', "place of 'requirements.txt' is '../pip.conf'"),
    ('= "requirements.txt"', '= "~/.pypirc"', "place puts two files at one path on linux"),
    ('macos = "~/.pypirc", ', "", "place of '.pypirc' is incomplete"),
    ('client = "pip"', 'client = "conda"', "unknown client 'conda'"),
    ('client = "pip"', 'client = "uv"', "client is 'uv' in folder 'pip'"),
    ("exit = 0\n", 'exit = 0\nsince = "22.3"\n', "says since: delete it"),
    ('"reader-read"', '"owner-read"', "unknown credential class 'owner-read'"),
    ("placeholder =", "elsewhere =", "credential 'elsewhere' is in no file"),
    ("exit = 0", f"exit = {'9' * 5000}", "is not TOML: Exceeds the limit"),
    ("exit = 0", f"exit = {'[' * 5000}", "is not TOML: "),
    ('title = "Install', r'title = "\u202e', "title is not one line"),
    ('"reader-read"\n', '"reader-read"\nPATH = "wrong"\n', "credential sets PATH"),
    ("feed = [", "mirror = [", "unknown key 'asked.mirror'"),
    ('"file-store"', '"mirror"', "unknown kind of host 'mirror'"),
    ('"contoso-utils 1.1.0"', '"contoso-utils"', "result.installed names 'contoso-utils'"),
    ("[result]\n", '[given]\nnpm = ["x"]\n[result]\n', "unknown key 'given.npm'"),
    ("[result]\n", '[given]\nidentity = "owner"\n[result]\n', "unknown credential class 'owner'"),
    ("[result]\n", '[given]\nproject = "../a"\n[result]\n', "given.project names '../a', no case"),
    ("[result]\n", '[given]\npublic = ["conda"]\n[result]\n', "given.public names 'conda', which has no"),
    ("[result]\n", '[given]\npublic = ["bash"]\n[result]\n', "given.public names 'bash', which has no"),
    (
        "[result]\n",
        '[given]\nsession = "me"\n[result]\n',
        "given.session is the unknown credential class 'me'",
    ),
    ("[result]\n", f"{CHECKED}more = 1\n[result]\n", "unknown key 'checked.more'"),
    ("[result]\n", CHECKED.replace("date", "#") + "[result]\n", "key 'checked.date' is missing"),
    ("[result]\n", CHECKED.replace("https", "http") + "[result]\n", "checked.source is not an address"),
    ("[result]\n", '[exception]\nbash = "x"\n[result]\n', "unknown key 'exception.bash'"),
    ("[result]\n", "[exception]\npowershell = true\n[result]\n", "key 'exception.powershell' has the wrong"),
    ("[result]\n", '[exception]\npowershell = " "\n[result]\n', "'exception.powershell' has no reason"),
    ("[result]\n", "[exception.mutants]\na = 1\n[result]\n", "'exception.mutants.a' has no reason"),
    ("placeholder = ", 'A = "wrong"\nplaceholder = ', "has two credentials, one of which opens the feed"),
    ("[result]\n", f"{WINS}[result]\n", "sets no two credentials apart"),
    ("[asked]\n", f'A = "wrong"\n{WINS}[asked]\n', "precedence.class is 'wrong'"),
    (
        "[result]\n",
        CHECKED.replace("2026-11-22", '"2026"') + "[result]\n",
        "key 'checked.date' has the wrong",
    ),
]


@pytest.mark.parametrize(("good", "bad", "message"), MISTAKES, ids=[one[2] for one in MISTAKES])
def test_a_mistake_in_case_toml(tmp_path: Path, good: str, bad: str, message: str) -> None:
    """A mistake in case.toml is reported in one line that names the file, the mistake and the cure."""
    assert good in GOOD
    said = refused(write(tmp_path, GOOD.replace(good, bad, 1)))
    assert said.startswith(f"snippets/pip/install-env/case.toml: {message}")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("install-env2", "has a digit"),
        ("Install-env", "is not lower-case"),
        ("install_env", "is not lower-case"),
        ("setup-env", "begins with unknown verb 'setup'"),
    ],
)
def test_a_mistake_in_the_name(tmp_path: Path, name: str, message: str) -> None:
    """A case's name consists of lower-case words without digits and starts with a listed verb."""
    assert message in refused(write(tmp_path, name=f"pip/{name}"))


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("run.sh", None, "run.sh: does not exist"),
        ("case.toml", None, "case.toml: does not exist"),
        ("run.sh", b"pip list", "run.sh: ends without a line feed"),
        ("run.sh", b"pip list\r\n", "run.sh: has a carriage return"),
        ("requirements.txt", b"\xff\n", "requirements.txt: is not UTF-8"),
        ("case.toml", b"\xff\n", "case.toml: is not UTF-8"),
        ("notes.txt", b"\n", "place does not name 'notes.txt'"),
    ],
)
def test_a_mistake_in_a_file(tmp_path: Path, file: str, content: bytes | None, message: str) -> None:
    """A file that is missing, has no place, or cannot be printed unchanged is named."""
    folder = write(tmp_path)
    (folder / file).unlink(missing_ok=True)
    if content is not None:
        (folder / file).write_bytes(content)
    assert message in refused(folder)


def test_what_python_leaves_behind_is_passed_over(tmp_path: Path) -> None:
    """A `__pycache__` folder needs no place, at any depth of the case."""
    folder = write(tmp_path)
    placed = case.load(folder).files
    for cache in (folder / "__pycache__", folder / "tests" / "__pycache__"):
        cache.mkdir(parents=True)
        (cache / "module.cpython-311.pyc").write_bytes(b"\xff")
    assert case.load(folder).files == placed


def test_a_case_that_cannot_run_needs_a_reason_only(tmp_path: Path) -> None:
    """A case with `checked` needs neither exit, asked nor result."""
    toml = 'title = "Sign in"\nclient = "pip"\n' + GOOD[GOOD.index("[place]") : GOOD.index("[asked]")]
    assert case.load(write(tmp_path, toml + CHECKED)).checked["no"] == "a person signs in"


def test_a_missing_case_is_told_the_nearest(tmp_path: Path) -> None:
    """An unknown case name is reported in one line with the nearest name, or that there is no case at all."""
    with pytest.raises(case.CaseError, match=r"^pip/nope: no such case: the nearest is none"):
        case.find(tmp_path, "pip/nope")
    folder = write(tmp_path)
    write(tmp_path, name="pip/leak-extra")
    assert case.find(tmp_path, "pip/install-env") == folder
    for name in ("pip/instal-env", "install-env", "pip/install-env/run.sh", "../snippets/pip/install-env"):
        with pytest.raises(case.CaseError) as error:
            case.find(tmp_path, name)
        assert str(error.value) == f"{name}: no such case: the nearest is pip/install-env"


def test_names_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A company's own names replace the examples; without them, the examples are used."""
    monkeypatch.delenv("HANDBOOK_ORGANIZATION", raising=False)
    monkeypatch.setenv("HANDBOOK_PROJECT", "Data Team")
    assert (names.ORGANIZATION, names.PROJECT) == ("contoso", "Data Team")
    base = names.feed_base("fabrikam", names.PROJECT, "wheels@Local")
    assert base == "https://pkgs.dev.azure.com/fabrikam/Data%20Team/_packaging/wheels@Local/pypi/"
    assert (
        names.feed_base("fabrikam", None, "wheels")
        == "https://pkgs.dev.azure.com/fabrikam/_packaging/wheels/pypi/"
    )


HOSTILE = ["", "a b", "-a", "a" * 51, "$(id)", "a%20b", "a/b", 'a"', "ä", "a\n"]


@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
def test_a_hostile_name_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """A value outside the allow-list is refused in one line that says what is allowed."""
    monkeypatch.setenv("HANDBOOK_ORGANIZATION", value)
    with pytest.raises(names.NamesError, match=r"^HANDBOOK_ORGANIZATION: .+ is not allowed: use letters"):
        _ = names.ORGANIZATION
