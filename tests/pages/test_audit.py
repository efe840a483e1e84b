"""The copy of the site that Lighthouse measures differs from it only in the permission that it needs."""

from __future__ import annotations

from pathlib import Path

from handbook.tools import lighthouse, static_server


def test_the_copy_differs_in_one_permission(site: Path, tmp_path: Path) -> None:
    """The copy differs from the site only in letting a page fetch from its own host, in header and page."""
    copy = lighthouse.opened(site, tmp_path)
    allowed = "connect-src 'self'; "
    assert allowed in static_server.headers(copy)["Content-Security-Policy"]
    changed = 0
    for file in (one for one in site.rglob("*") if one.is_file()):
        mine, theirs = file.read_bytes(), (copy / file.relative_to(site)).read_bytes()
        changed += mine != theirs
        assert theirs.replace(allowed.encode(), b"") == mine, file.name
    assert changed > 40


def test_each_page_of_the_audit_is_there(site: Path) -> None:
    """The audit covers a page of each kind, and all exist."""
    kinds = (
        "index.html",
        "guides/clients/",
        "guides/places/",
        "guides/errors/",
        "guides/reference/",
        "search.html#q=",
        "404",
    )
    assert [kind for kind in kinds if not any(page.startswith(kind) for page in lighthouse.PAGES)] == []
    assert [page for page in lighthouse.PAGES if not (site / page.partition("#")[0]).is_file()] == []
