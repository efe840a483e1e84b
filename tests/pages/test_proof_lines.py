"""The proofs on a page: a small mark under each example, and at its end a count and a collapsed table."""

import re
from pathlib import Path

import pytest

from handbook.cases import grades, machine
from handbook.site.domain import page_proofs, proof_lines
from tests.unit.test_ext import new_site, words
from tests.unit.test_systems import prove_under_wine

PLACE = f"{machine.system()}, Python {machine.python()}"
RAN = page_proofs.RAN[machine.HERE]


def quiet(html: str) -> list[str]:
    """Return the words of each small proof line under an example."""
    return [words(line) for line in re.findall(r'<p class="proof proof-proved">(.*?)</p>', html, re.DOTALL)]


@pytest.mark.parametrize("grade", grades.GRADES)
def test_an_inferred_result_has_another_mark(tmp_path: Path, grade: str) -> None:
    """A tick marks a result that rests on a source; an inferred result has another mark, and says so."""
    site = new_site(tmp_path)
    site.prove("pip/install-env", "pip/leak-extra", grade=grade)
    assert site.build() == 0
    html = site.page("guides/pip")
    guessed = grade == "inferred"
    assert quiet(html) == 2 * ["≈ pip 26.3, with an inferred answer" if guessed else "✓ pip 26.3"]
    assert ("✓" in words(html)) != guessed
    said = (
        f"0 of 2 examples {RAN}. ≈ Run with an inferred answer: 2." if guessed else f"2 of 2 examples {RAN}."
    )
    assert f"Checked on this page: {said}" in words(html)
    assert 'href="checked.html#grades"' in html


def test_a_page_counts_inferred_results_apart(tmp_path: Path) -> None:
    """A page with both kinds says how many are checked, their weakest grade, and how many are inferred."""
    site = new_site(tmp_path)
    site.prove("pip/install-env", grade="inferred")
    site.prove("pip/leak-extra", grade="sibling")
    assert site.build() == 0
    weakest = "Weakest evidence: captured for a sibling protocol."
    said = f"✓ Checked on this page: 1 of 2 examples {RAN}. {weakest} ≈ Run with an inferred answer: 1."
    assert said in words(site.page("guides/pip"))
    table = words(site.page("guides/checked"))
    assert "✓ Captured for a sibling protocol 1 ≈ Inferred 1 – Not run here 1" in table


def test_the_rest_is_folded_at_the_end_of_the_page(tmp_path: Path) -> None:
    """Each mark leads to one collapsed table at the page's end, with a row per example, proved or not."""
    site = new_site(tmp_path)
    site.prove("uv/install-env")
    assert site.build() == 0
    html = site.page("guides/uv")
    start = html.index('<details class="page-proofs" id="page-proofs">')
    assert html.count('href="#page-proofs"') == 1
    assert start > html.rindex('<div class="case ')
    assert "reveal.js" in html
    table = words(html[start : html.index("</details>", start)])
    head = f"{page_proofs.SUMMARY} {' '.join(page_proofs.HEAD)}"
    proved = f"Title of uv/install-env uv 26.3 {PLACE} (2026-11-22) ✓ captured in public"
    assert table == f"{head} {proved} Title of uv/configure-login not run here"
    site.prove("pip/install-env")
    assert site.build() == 0
    assert "Title of pip/leak-extra not checked in this build" in words(site.page("guides/pip"))


def test_one_line_names_all_systems(tmp_path: Path) -> None:
    """A page says in one line what ran here and what ran with the Windows programs under Wine."""
    site = new_site(tmp_path)
    site.prove("pip/install-env", "pip/leak-extra")
    prove_under_wine(site, "pip/leak-extra")
    assert site.build() == 0
    html = site.page("guides/pip")
    assert f"Checked on this page: 2 of 2 examples {RAN}. Weakest" in words(html)
    assert ". Run with the Windows programs, under Wine: 1." in words(html)
    assert words(html).count("Wine") == 3  # in the line, under the example, and in the collapsed row
    assert quiet(html) == ["✓ pip 26.3", "✓ pip 26.3 · ⊞ for Windows, under Wine 8.0"]


def test_a_pipeline_says_that_its_script_alone_was_run(tmp_path: Path) -> None:
    """Only a case with a pipeline says that Azure Pipelines itself was not run."""
    site = new_site(tmp_path)
    site.case("pip/leak-extra", "exit = 0", {"run.sh": "pip list\n", "azure-pipelines.yml": "steps: []\n"})
    site.prove("pip/install-env", "pip/leak-extra")
    assert site.build() == 0
    said = proof_lines.SCRIPT_ONLY.format("Azure Pipelines")
    assert [said in line for line in quiet(site.page("guides/pip"))] == [False, True]
