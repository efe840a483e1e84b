"""The set-up of the environments: what it creates, and its errors."""

import ast
import re
import runpy
import shutil
import subprocess
import sys
import zipfile

import pytest

from handbook.tools import commands, environments
from handbook.tools.environments import ROOT, SetupError


@pytest.fixture
def checkout(tmp_path):
    """A separate checkout: the locks, and an environment `uv` that borrows the real one's programs."""
    shutil.copytree(ROOT / "locks", tmp_path / "locks")
    (tmp_path / ".envs/uv").mkdir(parents=True)
    (tmp_path / ".envs/uv/bin").symlink_to(ROOT / ".envs/uv/bin")
    (tmp_path / ".envs/uv/stamp").write_text(environments.stamp("uv", tmp_path))
    return tmp_path


def whole(root, *names):
    """Give these environments what a complete one has: a Python and its stamp."""
    for name in names:
        (root / ".envs" / name / "bin").mkdir(parents=True)
        environments.program(name, "python", root).symlink_to(sys.executable)
        (root / ".envs" / name / "stamp").write_text(environments.stamp(name, root))


def said(capsys, argv, monkeypatch, **patches):
    """Run a command with functions of `environments` replaced; return (exit status, stderr)."""
    for name, value in patches.items():
        monkeypatch.setattr(environments, name, value)
    status = commands.main(argv)
    return status, capsys.readouterr().err


def fails(message):
    """Return a replacement for a set-up function that fails with this message."""

    def fail(*arguments):
        raise SetupError(message)

    return fail


# Environments


def test_current_environments_are_left_alone(checkout, monkeypatch, capsys):
    """If all environments are complete, `ensure` runs nothing and prints nothing."""
    whole(checkout, "site", "pip")
    monkeypatch.setattr(environments, "make", fails("must not be called"))
    environments.ensure(["site", "pip", "uv"], checkout)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("damage", ["no stamp", "no python", "other lock", "other place", "other version"])
def test_half_built_or_outdated_is_missing(checkout, monkeypatch, damage):
    """Without its stamp or Python, or with another lock, path or Python, an environment is not current."""
    whole(checkout, "pip")
    assert environments.is_current("pip", checkout)
    if damage == "no stamp":
        (checkout / ".envs/pip/stamp").unlink()
    elif damage == "no python":
        environments.program("pip", "python", checkout).unlink()
    elif damage == "other lock":
        with open(checkout / "locks/pip.txt", "a") as file:  # noqa: PTH123 - to append
            file.write("\n")
    elif damage == "other place":
        (checkout / ".envs/pip/stamp").write_text(environments.stamp("pip"))
    else:
        monkeypatch.setattr(environments.sys, "version_info", (3, 99, 0))
    assert not environments.is_current("pip", checkout)


def test_stamp_is_written_last(checkout, monkeypatch):
    """A set-up that fails during the install leaves no stamp, not even the old one."""
    whole(checkout, "pip")
    monkeypatch.setattr(environments, "call", fails("broke"))
    with pytest.raises(SetupError):
        environments.make_one("pip", checkout, {})
    assert not environments.is_current("pip", checkout)


def test_real_environment_is_made_and_said(checkout, capsys):
    """A missing environment is created in the checkout, after one line that names it and its lock."""
    lock = checkout / "locks/pip.txt"
    lock.write_text("# nothing to install\n")
    environments.ensure(["pip"], checkout)
    assert capsys.readouterr().err == "setting up pip (locks/pip.txt)…\n"
    assert environments.is_current("pip", checkout)
    assert environments.program("pip", "python", checkout).exists()


def test_second_set_up_waits_and_makes_nothing_twice(checkout):
    """A second set-up of the same checkout says that it waits, and keeps what the first one created."""
    code = (
        "from handbook.tools import environments as e; from pathlib import Path\n"
        "e.make = lambda names, root: print('made', names)\n"
        f"e.ensure(['pip'], Path({str(checkout)!r}))"
    )
    with environments.alone(checkout):
        second = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        waits = second.stderr.readline()
        whole(checkout, "pip")
    made, _ = second.communicate(timeout=20)
    assert waits == "waiting for another set-up of this checkout…\n"
    assert made == "made []\n"


def test_settings_that_could_break_the_set_up_are_dropped(monkeypatch):
    """Of the user's variables for pip, uv and Python, the set-up sees only those about indexes."""
    for name in ("PIP_USER", "PIP_TARGET", "UV_NO_VERIFY_HASHES", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "1")
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_MIRROR_PASSWORD", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "kept")
    seen = environments.tool_variables()
    assert {name for name, value in seen.items() if value == "kept"} >= {"PIP_INDEX_URL", "HTTPS_PROXY"}
    assert seen["UV_DEFAULT_INDEX"] == seen["UV_INDEX_MIRROR_PASSWORD"] == "kept"
    assert seen["PIP_USER"] == "0"
    assert not {"PIP_TARGET", "UV_NO_VERIFY_HASHES", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"} & set(seen)


def test_pip_settings_reach_uv(monkeypatch):
    """uv gets pip's index, proxy and certificate, the narrowest setting, unless the user set uv's own."""
    listed = (
        "global.index-url='https://mirror.contoso.example/simple'\n"
        "install.index-url='https://narrow.contoso.example/simple'\n"
        "global.extra-index-url='file:///a file:///b'\nglobal.cert='/ca.pem'\nglobal.proxy='http://proxy:1'\n"
    )
    monkeypatch.setattr(environments, "call", lambda *arguments: listed)
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "SSL_CERT_FILE", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    seen = environments.uv_variables()
    assert seen["UV_DEFAULT_INDEX"] == "https://narrow.contoso.example/simple"
    assert (seen["UV_INDEX"], seen["SSL_CERT_FILE"]) == ("file:///a file:///b", "/ca.pem")
    assert seen["ALL_PROXY"] == "http://proxy:1"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://own.contoso.example/simple")
    assert environments.uv_variables()["UV_DEFAULT_INDEX"] == "https://own.contoso.example/simple"


# Errors, each in one line with its cure


def test_old_python_is_refused(monkeypatch, capsys):
    """An old Python gets one line with the cure and exit status 2."""
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(ROOT / "handbook/__main__.py"), run_name="__main__")
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert (
        said
        == "handbook: Python 3.8 is too old: install Python 3.11 or newer, then: make PYTHON=python3.11\n"
    )


@pytest.mark.parametrize("file", ["__init__.py", "__main__.py"])
def test_old_python_can_read_the_refusal(file):
    """The files that an old Python reads first have no newer syntax: only ASCII, and no f-string."""
    tree = ast.parse((ROOT / "handbook" / file).read_text(encoding="ascii"), feature_version=(3, 8))
    assert not [one for one in ast.walk(tree) if isinstance(one, (ast.JoinedStr, ast.AnnAssign))]


def test_missing_python_is_named():
    """Without a Python, make says in one line what to install, and fails."""
    done = subprocess.run(
        ["make", "PYTHON=python-that-is-not-there"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert re.fullmatch(r"Makefile:\d+: \*\*\* python-that-is-not-there is not installed: .+\n", done.stderr)


def test_missing_venv_module_is_named(checkout, monkeypatch, capsys):
    """A Python without venv or ensurepip, as on Debian, gets one line that names the package to install."""
    (checkout / ".envs/uv/stamp").unlink()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ensurepip" else object())
    ensure = environments.ensure
    status, text = said(capsys, ["html"], monkeypatch, ensure=lambda names: ensure(names, checkout))
    assert status == 2
    assert text.startswith("handbook: this Python has no venv module: apt-get install python3-venv")
    assert text.count("\n") == 1


PIP_HASH = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated"
PIP_NETWORK = (
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('...: Failed to "
    "establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/uv/\n"
    "ERROR: No matching distribution found for uv==0.13.9"
)
PIP_ADDRESS = 'WARNING: The index url "notaurl" seems invalid, please provide a scheme.'
UV_ADDRESS = "error: invalid value 'http://' for '--default-index <DEFAULT_INDEX>': empty host"
PIP_TLS = "'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (PIP_HASH, "locks/uv.txt is damaged or does not match the download: git checkout locks/uv.txt"),
        ("ERROR: Hashes are required in --require-hashes mode, but", "locks/uv.txt is damaged"),
        ("ERROR: Invalid requirement: '<<<<<<< HEAD'", "locks/uv.txt is damaged"),
        (PIP_NETWORK, "no network: the first set-up downloads from PyPI"),
        ("  cause: dns error\n  cause: error resolving DNS", "no network"),
        (PIP_TLS, "certificate is not trusted: set SSL_CERT_FILE"),
        ("  cause: invalid peer certificate: UnknownIssuer", "certificate is not trusted: set SSL_CERT_FILE"),
        ("ERROR: No matching distribution found for uv==0.13.9", "no wheel for this Python on this system"),
        ("Because cffi==2.1.1 has no usable wheels and you require", "no wheel for this Python on this"),
        ("[Errno 28] No space left on device", "the disk is full"),
        (
            f"{PIP_ADDRESS}\nERROR: No matching distribution",
            "the package index's address is not valid: correct PIP_INDEX",
        ),
        (
            UV_ADDRESS,
            "the package index's address is not valid: correct PIP_INDEX_URL, UV_DEFAULT_INDEX or pip's",
        ),
        (
            "File contains no section headers.\nfile: 'a', line: 1",
            "pip's configuration file is broken: correct",
        ),
        ("ERROR: Configuration file could not be loaded.\nx", "pip's configuration file is broken: correct"),
        ("\nerror: something new\n  cause: unknown\n", "error: something new; cause: unknown: remove .envs"),
        ("", "no output: remove .envs and try again"),
    ],
)
def test_cause_is_explained(output, expected):
    """The output of pip and uv is reduced to one line: the environment, the cause, the cure."""
    line = environments.explain("uv", output)
    assert line.startswith("cannot set up uv: ") and expected in line and "\n" not in line


def real_failure(checkout, monkeypatch, capsys):
    """Return the exit status and last line of a command that sets up the environment `pip` here."""
    ensure = environments.ensure
    status, text = said(capsys, ["html"], monkeypatch, ensure=lambda names: ensure(["pip"], checkout))
    first, last = text.splitlines()
    assert first == "setting up pip (locks/pip.txt)…"
    return status, last


def test_real_set_up_without_network(checkout, monkeypatch, capsys):
    """Without a network, the first set-up ends with one line that says so."""
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_CACHE_DIR", str(checkout / "cache"))
    status, line = real_failure(checkout, monkeypatch, capsys)
    assert status == 2 and line.startswith("handbook: cannot set up pip: no network: ")


@pytest.mark.parametrize("text", ["pip==26.3\n", "<<<<<<< HEAD\n", "pip==26.3 --hash=sha256:0\n"])
def test_real_set_up_with_a_broken_lock(checkout, monkeypatch, capsys, text):
    """A lock without hashes or with a broken line gives one line that names the file."""
    (checkout / "locks/pip.txt").write_text(text)
    monkeypatch.setenv("UV_OFFLINE", "1")
    status, line = real_failure(checkout, monkeypatch, capsys)
    assert status == 2 and line.startswith("handbook: cannot set up pip: locks/pip.txt is damaged")


def test_real_set_up_with_another_file(checkout, monkeypatch, capsys):
    """A download whose hash differs from the lock's is refused, in one line that names the lock."""
    page = checkout / "simple/pip/index.html"
    page.parent.mkdir(parents=True)
    wheel = page.with_name("pip-26.3-py3-none-any.whl")
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("pip-26.3.dist-info/METADATA", "Metadata-Version: 2.1\nName: pip\nVersion: 26.3\n")
    page.write_text(f'<!DOCTYPE html><a href="{wheel.name}">{wheel.name}</a>')
    monkeypatch.setenv("UV_DEFAULT_INDEX", page.parent.parent.as_uri())
    status, line = real_failure(checkout, monkeypatch, capsys)
    assert status == 2 and line.startswith(
        "handbook: cannot set up pip: locks/pip.txt is damaged or does not match"
    )


def test_missing_lock_is_named(checkout):
    """A missing lock is named, with the cure."""
    (checkout / "locks/pip.txt").unlink()
    with pytest.raises(
        SetupError, match=r"^locks/pip\.txt: No such file or directory: git checkout locks/pip\.txt$"
    ):
        environments.ensure(["pip"], checkout)


def test_file_in_the_way_is_named(checkout):
    """A file in the place of the environments' folder is named, with the cure."""
    shutil.rmtree(checkout / ".envs")
    (checkout / ".envs").write_text("a file, not a folder")
    with pytest.raises(SetupError, match=r"^\S+\.envs: is a file: remove it$"):
        environments.ensure(["pip"], checkout)


def test_unknown_command_is_refused(capsys):
    """An unknown command is refused in one line that lists the existing ones."""
    assert commands.main(["tset"]) == 2
    assert re.fullmatch(r"handbook: no command 'tset': one of help, .+\n", capsys.readouterr().err)
