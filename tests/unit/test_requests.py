"""Numbers of requests: counted in a run, kept in its proof, drawn on a page; grades of facts in prose."""

from __future__ import annotations

import tomllib
from pathlib import Path

from handbook.cases import case
from handbook.runner import observation
from handbook.runner.observation import Exchange
from handbook.site.tables import request_chart
from tests.conftest import ROOT
from tests.unit.test_ext import CONF, Site, with_extensions, words

DATA = '[[group]]\ntitle = "All <at once>"\ncases = ["pip/install-a", "uv/install-a"]\n'
FEW = {"feed GET 200": 2, "feed GET 303": 2, "file-store GET 200": 2}
MANY = {
    "feed HEAD 401": 3,
    "feed GET 401": 5,
    "feed GET 200": 10,
    "file-store GET 206": 6,
    "public-index GET 200": 1,
}


def new_site(root: Path, page: str = ":::{requests-chart}\n:::\n") -> Site:
    """Write a small test handbook that compares two installs."""
    site = Site(root)
    printed = "".join(f":::{{case}} {name}\n:::\n" for name in ("pip/install-a", "uv/install-a"))
    conf = with_extensions(CONF, "tables.request_chart", "domain.fact_role")
    site.write({"conf.py": conf, "index.md": f"# Index\n\n{page}\n{printed}\n(grades)=\n## Grades\n"})
    site.write({"guides/slow-installs.toml": DATA})
    for name in ("pip/install-a", "uv/install-a"):
        site.case(name, "exit = 0", {"run.sh": "pip list\n"})
    return site


def test_requests_are_counted_by_sort() -> None:
    """A run's requests are counted by kind of host, method and status."""
    seen = [Exchange("GET", "https://a", "feed", "a", "none", status) for status in (401, 303, 401)]
    assert observation.counted(seen) == {"feed GET 303": 1, "feed GET 401": 2}


def test_parts_of_a_bar_are_all_requests() -> None:
    """Each request belongs to one part of the bar, and a partial download does not count as a whole file."""
    assert request_chart.parts(MANY) == {"refused": 8, "feed": 10, "store": 6, "public": 1}
    assert (request_chart.whole_files(MANY), request_chart.whole_files(FEW)) == (0, 2)


def test_chart_has_the_numbers_of_the_proofs(tmp_path: Path) -> None:
    """The chart and its table show the proofs' numbers, and are rewritten if only a number changes."""
    site = new_site(tmp_path)
    site.prove("pip/install-a", requests=FEW)
    site.prove("uv/install-a", requests=MANY)
    assert site.build() == 0
    page = site.page("index")
    assert "All &lt;at once&gt;, pip: 6. All &lt;at once&gt;, uv: 25." in page
    assert page.count("<title id=") == page.count("<desc id=") == 1
    assert "pip · All &lt;at once&gt; 6 0 4 2 0 2 uv · All &lt;at once&gt; 25 8 10 6 1 0" in words(page)
    site.prove("uv/install-a", requests={**MANY, "public-index GET 200": 2})
    assert site.build() == 0
    assert "uv: 26." in site.page("index")


def test_chart_without_proofs_says_so(tmp_path: Path) -> None:
    """If one install is not proved in this build, no number is shown."""
    site = new_site(tmp_path)
    site.prove("pip/install-a", requests=FEW)
    assert site.build() == 0
    assert "Not measured in this build" in words(site.page("index"))
    assert "<svg" not in site.page("index")


def test_a_slow_client_is_left_out_until_it_is_proved(tmp_path: Path) -> None:
    """A client whose cases run in a group of their own appears once it is proved, and not before."""
    site = new_site(tmp_path, ":::{requests-chart}\n:::\n\n:::{case} pdm/install-a\n:::\n")
    site.case("pdm/install-a", "exit = 0", {"run.sh": "pdm install\n"})
    site.write(
        {"guides/slow-installs.toml": DATA.replace('"uv/install-a"', '"uv/install-a", "pdm/install-a"')}
    )
    site.prove("pip/install-a", requests=FEW)
    site.prove("uv/install-a", requests=MANY)
    assert site.build() == 0
    assert "uv: 25." in site.page("index") and "PDM: " not in site.page("index")
    site.prove("pdm/install-a", requests=FEW)
    assert site.build() == 0
    assert "PDM: 6." in site.page("index")


def test_compared_installs_are_the_same() -> None:
    """Every case in the comparison exists and installs the same two packages."""
    data = tomllib.loads((ROOT / request_chart.DATA).read_text(encoding="utf-8"))
    for name in [name for group in data["group"] for name in group["cases"]]:
        installed = case.load(ROOT / "snippets" / name).result["installed"]
        assert set(installed) == {"contoso-utils 1.1.0", "idna 3.11"}, name


def test_fact_shows_its_grade(tmp_path: Path, capsys) -> None:
    """A fact in prose shows its grade with the source, or its inference; an unknown fact gives a warning."""
    site = new_site(tmp_path, "One {fact}`test_a/test_seen[b]`, two {fact}`test_a/test_guessed`.\n")
    entry = '{"evidence": ["page"], "grade": "captured", "inferred": ""}'
    guess = '{"evidence": [], "grade": "inferred", "inferred": "as a page"}'
    provenance = f'{{"test_seen[b].yaml": {entry}, "test_guessed.yaml": {guess}}}'
    site.write({"tests/cassettes/test_a/provenance.json": provenance})
    site.write({"tests/evidence/page.toml": 'source = "https://example.org/page"\n'})
    assert site.build() == 0
    assert "One (captured in public), two (inferred: as a page)." in words(site.page("index"))
    assert 'href="https://example.org/page"' in site.page("index")
    site.write({"index.md": "# Index\n\n{fact}`test_a/test_gone`\n"})
    assert site.build() == 1
    assert "fact test_a/test_gone is not recorded: correct the name, or record it" in capsys.readouterr().err
