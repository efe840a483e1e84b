"""Old fragment addresses lead to the page that has the part now, and nowhere if no page has it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.pages.browser import Watched
from tests.unit.test_ext import CONF, Site, new_site, with_extensions

UV = "guides/clients/uv.html"
ELSEWHERE = "case-uv-fail-unknown-field"  # on the page about uv's settings, in the errors
MORE = "---\norphan: true\n---\n\n# More\n\n## Went away\n\nText of it.\n\n## Pip\n\nText.\n"
LIST = "globalThis.handbookAnchors = "


def known(site: Path) -> dict[str, str]:
    """Return the site's list of anchors."""
    text = (site / "_static" / "anchors.js").read_text(encoding="utf-8")
    return json.loads(text.removeprefix(LIST).rstrip(";\n"))


def test_a_case_is_found_from_any_page(tab: Watched, site: Path) -> None:
    """An old address of a case leads to the page that prints it now, and Back skips the old page."""
    target = known(site)[ELSEWHERE]
    tab.open("index.html")
    page = tab.open(f"{UV}#{ELSEWHERE}")
    page.wait_for_url(f"**/{target}")
    page.locator(f"#{ELSEWHERE}").wait_for()
    page.go_back()
    page.wait_for_url("**/index.html")


def test_an_address_that_nobody_knows_stays(tab: Watched) -> None:
    """If no page has the part, the page stays; a query of the search page is not treated as a part."""
    page = tab.open(f"{UV}#nowhere")
    page.wait_for_function("() => Boolean(globalThis.handbookAnchors)")
    assert page.url.endswith(f"{UV}#nowhere")
    page = tab.open("search.html")
    assert page.evaluate("globalThis.handbookAnchors") is None


def test_the_list_leads_to_what_is_there(site: Path) -> None:
    """Each address in the list names a page and a part that exist."""
    ids: dict[str, set[str]] = {}
    for target in known(site).values():
        page, _, part = target.partition("#")
        if page not in ids:
            ids[page] = set(re.findall(r' id="([^"]+)"', (site / page).read_text(encoding="utf-8")))
        assert not part or part in ids[page], target


@pytest.fixture
def divided(tmp_path: Path) -> Site:
    """Provide the small test handbook with a page that was divided."""
    site = new_site(tmp_path)
    site.write(
        {
            "conf.py": with_extensions(CONF, "look.moved"),
            "guides/pip-more.md": MORE,
        }
    )
    return site


def test_a_heading_is_found_on_the_page_that_was_cut_off(divided: Site) -> None:
    """A heading of a page is also found on a page whose name starts with that page's, and on no other."""
    assert divided.build() == 0
    found = known(divided.root / "html")
    assert found["guides/pip#went-away"] == "guides/pip-more.html#went-away"
    assert "guides/uv#went-away" not in found
    assert found["case-uv-install-env"] == "guides/uv.html#case-uv-install-env"


@pytest.mark.parametrize(
    ("moved", "message"),
    [
        ('{"guides/uv#gone": "guides/pip#nope"}', "guides/pip#nope does not exist: correct it"),
        ('{"guides/uv#gone": "guides/nope"}', "guides/nope does not exist: correct it"),
        ('{"guides/pip-more#went-away": "guides/uv"}', "guides/pip-more#went-away is still there"),
        ('{"guides/old#gone": "guides/uv"}', "guides/old#gone is on no page: use redirects"),
    ],
)
def test_a_line_that_cannot_be_right_fails_the_build(divided: Site, capfd, moved: str, message: str) -> None:
    """A target that does not exist and an old address that still does are named in one line."""
    divided.write({"conf.py": f"{with_extensions(CONF, 'look.moved')}handbook_moved = {moved}\n"})
    assert divided.build() == 1
    assert f"conf.py: handbook_moved: {message}" in capfd.readouterr().err
