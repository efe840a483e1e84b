"""The mark of a result: what is inferred never looks like what a public source shows."""

from __future__ import annotations

from pathlib import Path

from tests.test_ext import new_site, words


def test_an_inferred_result_never_has_the_mark_of_a_seen_one(tmp_path: Path) -> None:
    """What rests on an inferred answer has another word and another mark, and is counted apart."""
    site = new_site(tmp_path)
    site.prove("pip/install-env")
    site.prove("pip/leak-extra", grade="inferred")
    assert site.build() == 0
    pip = words(site.page("guides/pip"))
    assert "≈ Run, on answers that are inferred: pip 26.3 · Debian · 2026-11-22" in pip
    assert pip.count("✓ Checked") == 1
    assert "Run on this page: 2 of 2 cases, 1 of them on inferred answers. Weakest evidence: inferred." in pip
