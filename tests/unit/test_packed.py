"""The wheels of a locked environment: a case that installs from the model of PyPI gets the real tool."""

from __future__ import annotations

import io
import zipfile

import pytest
from pip._vendor.packaging.utils import canonicalize_name, parse_wheel_filename

from handbook.cases import clients
from handbook.feed.packages import File, read_wheel_metadata
from handbook.runner import packed, programs, system
from tests.conftest import ROOT

KEYRING = {canonicalize_name(file.name): file for file in packed.wheels(ROOT, "keyring")}


def archive(file: File) -> zipfile.ZipFile:
    """Open a wheel."""
    return zipfile.ZipFile(io.BytesIO(file.content))


@pytest.mark.parametrize("name", sorted(KEYRING))
def test_a_wheel_is_named_and_recorded(name: str) -> None:
    """A wheel has a valid file name, metadata that agrees with it, and every file listed in RECORD."""
    file = KEYRING[name]
    found, version, _, tags = parse_wheel_filename(file.filename)
    assert (found, str(version)) == (name, file.version) and tags
    assert f"Version: {file.version}" in read_wheel_metadata(file.content).decode()
    with archive(file) as wheel:
        (record,) = [one for one in wheel.namelist() if one.endswith(".dist-info/RECORD")]
        said = {line.split(",")[0] for line in wheel.read(record).decode().splitlines()}
        assert said | {record} == set(wheel.namelist())


def test_the_files_are_those_that_were_installed() -> None:
    """The installed files are packed byte for byte, without those that the installer added."""
    packages = system.HERE.packages(programs.environment(ROOT, "keyring"))
    with archive(KEYRING["keyring"]) as wheel:
        names = wheel.namelist()
        assert wheel.read("keyring/core.py") == (packages / "keyring" / "core.py").read_bytes()
    assert not [name for name in names if name.endswith((".pyc", "INSTALLER", "REQUESTED")) or ".." in name]


def test_a_program_stays_executable() -> None:
    """The provider inside the plug-in is still executable after an install."""
    with archive(KEYRING["artifacts-keyring"]) as wheel:
        (program,) = [
            one for one in wheel.infolist() if one.filename.endswith("/CredentialProvider.Microsoft")
        ]
        assert program.external_attr >> 16 & 0o111


def test_what_a_group_asks_for_itself() -> None:
    """A group's own packages are distinguished from their dependencies, and include the group's client."""
    assert packed.direct(ROOT, "keyring") == {"keyring", "artifacts-keyring"}
    assert "jeepney" in KEYRING
    for name, one in clients.CLIENTS.items():
        assert not one.lock or name in packed.direct(ROOT, one.lock)
