"""Pinning the newest releases, so that their builds for Windows can be run."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from handbook.tools import pin_newest, releases
from handbook.tools.environments import SetupError
from handbook.tools.releases import Release

GROUPS = """[dependency-groups]
uv = ["uv==0.13.9"]
pdm = ["pdm==2.29.4", "hishel==1.4.0"]
tox = ["tox==4.67.15"]
"""


def test_a_pin_is_replaced() -> None:
    """Only the client's own version changes, and not that of what its group pins as well."""
    found = pin_newest.repinned(GROUPS, "pdm", "2.30.0")
    assert found == GROUPS.replace("pdm==2.29.4", "pdm==2.30.0")


@pytest.mark.parametrize("client", ["poetry", "tox-uv", "hishel"])
def test_a_group_that_is_not_there_is_one_line(client: str) -> None:
    """A client whose group does not begin with its pin is named, with the cure."""
    with pytest.raises(
        SetupError, match=rf"^pyproject.toml: the group {client} does not begin with .*: write"
    ):
        pin_newest.repinned(GROUPS, client, "1.0")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a checkout in which uv, Poetry and pipx have newer releases; pipx does not run under Wine."""
    (tmp_path / "locks").mkdir()
    text = ""
    for name, version in {"uv": "0.13.9", "poetry": "2.5.1", "pipx": "1.18.4", "pip": "26.3"}.items():
        (tmp_path / "locks" / f"{name}.txt").write_text(f"{name}=={version} \\\n    --hash=sha256:0\n")
        text += f'{name} = ["{name}=={version}"]\n'
    (tmp_path / "pyproject.toml").write_text(text)
    newest = {"uv": "0.14.0", "poetry": "2.6.0", "pipx": "2.0.0", "pip": "26.3"}
    monkeypatch.setattr(releases, "releases", lambda name: [Release(newest[name], date(2026, 12, 1))])
    return tmp_path


def test_the_newest_are_pinned_and_what_cannot_be_locked_is_not(checkout: Path) -> None:
    """A release that cannot be locked leaves the pin and the locks as they were, and the others go on."""
    locked: list[str] = []

    def lock() -> int:
        locked.append((checkout / "pyproject.toml").read_text())
        return int("poetry==2.6.0" in locked[-1])

    before = (checkout / "pyproject.toml").read_text()
    said = pin_newest.pin(checkout, ["uv", "poetry", "pipx", "pip"], lock)
    assert said == ["uv 0.13.9 is 0.14.0 now", "poetry 2.6.0: cannot be locked, 2.5.1 stays"]
    after = before.replace("uv==0.13.9", "uv==0.14.0")
    assert (checkout / "pyproject.toml").read_text() == after
    assert locked == [after, after.replace("poetry==2.5.1", "poetry==2.6.0"), after]
