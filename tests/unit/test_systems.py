"""Statements about other systems on the pages: none without their proofs, and exactly what those prove."""

import json
import re
from pathlib import Path

import pytest

from handbook.cases import proof
from handbook.cases.case import load
from handbook.runner.system import HERE
from handbook.site.domain import shell_tabs
from tests.unit import proofs
from tests.unit.test_ext import PAGES, Site, new_site, words

CASE = "pip/leak-extra"
EXPORT = 'export A="b"\npip list\n'


def prove_elsewhere(site: Site, system: str, name: str, **changes: str) -> None:
    """Write a proof of a case as the job of another system hands it over."""
    known = {"macos": "macOS 15.5", "windows": "Windows 2025Server", "wine": "Windows 10, Wine 8.0"}
    shown = known.get(system)
    there = {"system": shown, "python": "3.11", "wall": False} if shown else proof.surroundings()
    fields = there | {"date": "2026-11-30"} | changes
    one = proofs.entry(site.root, load(site.root / "snippets" / name), system, **fields)
    site.write({f"_build/proof-{system}/proof.json": json.dumps({name: {system: one}})})


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Provide the small test handbook, proved, with a table of systems and a case that sets a variable."""
    site = new_site(tmp_path)
    site.write({"guides/checked.md": PAGES["guides/checked.md"] + "\n:::{systems-run}\n:::\n"})
    site.case(CASE, "exit = 0", {"run.sh": EXPORT})
    site.prove("pip/install-env", CASE)
    return site


def test_without_a_proof_of_another_system(site: Site) -> None:
    """Without proofs from elsewhere, the page names no other system, and the table says that nothing ran."""
    assert site.build() == 0
    page, table = words(site.page("guides/pip")), words(site.page("guides/checked"))
    assert not re.search(r"macOS 15|Windows 20|on macOS|on Windows", page)
    assert shell_tabs.TRANSLATED in page
    assert "Linux 2 of 3 examples macOS not run yet Windows, in Git Bash not run yet" in table


def test_with_proofs_of_other_systems(site: Site) -> None:
    """A proof from elsewhere is counted in its page's line, named in its row, and counted in the table."""
    prove_elsewhere(site, "macos", CASE)
    prove_elsewhere(site, "windows", CASE)
    assert site.build() == 0
    page, table = words(site.page("guides/pip")), words(site.page("guides/checked"))
    said = "; macOS 15.5, Python 3.11 (2026-11-30); Windows 2025Server, Python 3.11 (2026-11-30) ✓"
    assert page.count(said) == page.count("macOS 15.5") == 1
    assert " Run on macOS: 1. Run on Windows, in Git Bash: 1." in page
    assert "macOS 1 of 3 examples Windows, in Git Bash 1 of 3 examples" in table


def test_a_proof_of_other_files_is_not_named(site: Site) -> None:
    """A proof from elsewhere counts only for the present files, and its page is rewritten when it arrives."""
    prove_elsewhere(site, "windows", CASE, digest="0" * 64)
    assert site.build() == 0
    assert "Windows 2025Server" not in words(site.page("guides/pip"))
    prove_elsewhere(site, "windows", CASE)
    assert "pip" in site.rebuilt()
    assert "; Windows 2025Server" in words(site.page("guides/pip"))


def test_publishing_needs_the_proof_from_here(site: Site) -> None:
    """A case proved only by another system, or by another job of this one, is not published."""
    site.prove("uv/install-env")
    assert site.build("-D", "handbook_publish=1") == 0
    prove_elsewhere(site, "macos", CASE)
    prove_elsewhere(site, HERE.name, CASE)
    proof.write(site.root, HERE.name, {}, remove=[CASE])
    with pytest.raises(SystemExit, match="^Not published: pip/leak-extra: has no proof: "):
        site.build("-D", "handbook_publish=1")
    assert site.build() == 0
    assert "Title of pip/leak-extra not checked in this build" in words(site.page("guides/pip"))
    assert "Linux 2 of 3 examples" in words(site.page("guides/checked"))


def test_broken_proof_of_another_system(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    """A broken file from elsewhere is named with the cure."""
    prove_elsewhere(site, "macos", CASE)
    (site.root / "_build" / "proof-macos" / "proof.json").write_text("[]")
    assert site.build() == 1
    cure = "_build/proof-macos/proof.json: is not a list of proofs: delete it, or bring it again from its job"
    assert cure in capfd.readouterr().err


def test_steps_of_a_pipeline_have_no_powershell_tab(site: Site) -> None:
    """Commands that an agent runs in bash appear only once, without a PowerShell tab."""
    site.case(CASE, "exit = 0", {"run.sh": EXPORT, "azure-pipelines.yml": "steps: []\n"})
    assert load(site.root / "snippets" / CASE).files == ["azure-pipelines.yml"]
    assert site.build() == 0
    assert "PowerShell" not in words(site.page("guides/pip"))


def prove_under_wine(site: Site, name: str, **changes: str) -> None:
    """Write a proof of a case from a run of the client for Windows."""
    there = {"system": "Wine 8.0", "python": "3.11.9", "wall": True, "date": "2026-11-30"}
    proofs.prove(site.root, name, where="wine", **there | changes)


def test_a_proof_under_wine_is_named_with_its_mark(site: Site) -> None:
    """A case's line shows the client for Windows with its own mark, and never "on Windows"."""
    prove_under_wine(site, CASE)
    assert site.build() == 0
    page, table = words(site.page("guides/pip")), words(site.page("guides/checked"))
    assert page.count("· ⊞ for Windows, under Wine 8.0") == 1
    assert "on Windows" not in page.replace("not run on Windows yet", "")
    assert "The clients for Windows, under Wine on Linux 1 of 3 examples" in table


def test_an_edited_proof_under_wine_is_not_shown(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edited proof is not shown, and stops publication only if it is required."""
    names = ["pip/install-env", "uv/install-env", CASE]
    site.prove("uv/install-env")
    for name in names:
        prove_under_wine(site, name)
    prove_under_wine(site, CASE, digest="0" * 64)
    assert site.build("-D", "handbook_publish=1") == 0
    assert words(site.page("guides/pip")).partition("Title of pip/leak-extra")[2].count("⊞") == 0
    monkeypatch.setenv("HANDBOOK_WINDOWS", "required")
    with pytest.raises(SystemExit, match=r"^Not published: pip/leak-extra: .+: run `make windows CASE=\S+`$"):
        site.build("-D", "handbook_publish=1")
    prove_under_wine(site, CASE)
    assert site.build("-D", "handbook_publish=1") == 0


def test_a_case_of_windows_alone(site: Site) -> None:
    """A case that runs only on Windows is proved under Wine, and publishing requires no other proof."""
    site.case(CASE, 'exit = 0\n[windows]\nonly = "cmd is of Windows"', {"run.cmd": "rem a\n"})
    (site.root / "snippets" / CASE / "run.sh").unlink(missing_ok=True)
    site.prove("uv/install-env")
    prove_under_wine(site, CASE)
    assert site.build("-D", "handbook_publish=1") == 0
    page = words(site.page("guides/pip"))
    assert "⊞ for Windows, under Wine 8.0" in page
    assert re.search(r"Run in cmd\b.*?rem a", page)
