"""The line under an example: what is called checked, what is not, and how a page counts both."""

from pathlib import Path

import pytest

from handbook.cases import machine, proof
from handbook.site.domain import proof_lines
from tests.unit.test_ext import new_site, words

HERE = f"{machine.system()}, Python {machine.python()}"


@pytest.mark.parametrize("grade", proof.GRADES)
def test_an_inferred_result_has_another_mark(tmp_path: Path, grade: str) -> None:
    """A tick and the word "Checked" are for what rests on a source; an inferred result never has either."""
    site = new_site(tmp_path)
    site.prove("pip/install-env", "pip/leak-extra", grade=grade)
    assert site.build() == 0
    page = words(site.page("guides/pip"))
    inferred = page.count(f"≈ Run with an inferred answer: pip 26.3 · {HERE} · 2026-11-22")
    checked = page.count(f"✓ Checked: pip 26.3 · {HERE} · 2026-11-22 · rests on: ")
    assert (inferred, checked) == ((2, 0) if grade == "inferred" else (0, 2))
    assert page.count("✓") == checked
    said = (
        "0 of 2 cases. ≈ Run with an inferred answer: 2." if inferred else "2 of 2 cases. Weakest evidence: "
    )
    assert f"Checked on this page: {said}" in page
    assert 'href="checked.html#grades"' in site.page("guides/pip")


def test_a_page_counts_inferred_results_apart(tmp_path: Path) -> None:
    """A page with both says how many are checked, the weakest grade of these, and how many are inferred."""
    site = new_site(tmp_path)
    site.prove("pip/install-env", grade="inferred")
    site.prove("pip/leak-extra", grade="sibling")
    assert site.build() == 0
    weakest = "Weakest evidence: captured for a sibling protocol."
    said = f"Checked on this page: 1 of 2 cases. {weakest} ≈ Run with an inferred answer: 1."
    assert said in words(site.page("guides/pip"))
    table = words(site.page("guides/checked"))
    assert "✓ Captured for a sibling protocol 1 ≈ Inferred 1 – Not run here 1" in table


def test_a_pipeline_says_that_its_script_alone_was_run(tmp_path: Path) -> None:
    """Below a case with a pipeline, and below no other, stands that Azure Pipelines was not run."""
    site = new_site(tmp_path)
    site.case("pip/leak-extra", "exit = 0", {"run.sh": "pip list\n", "azure-pipelines.yml": "steps: []\n"})
    site.prove("pip/install-env", "pip/leak-extra")
    assert site.build() == 0
    lines = words(site.page("guides/pip")).split("✓ Checked: ")[1:]
    assert [proof_lines.SCRIPT_ONLY in line for line in lines] == [False, True]
