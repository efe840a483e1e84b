"""The copies, the proof counts and the name form of the front page, and the diagrams."""

from __future__ import annotations

import html
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from handbook.cases import case
from tests.pages.built import ROOT
from tests.unit.test_ext import new_site, with_extensions, words

FRONT = """# Front

:::{{proved-with}}
:::

:::{{{directive}}} {argument}
:::

```{{toctree}}
guides/pip
guides/uv
guides/checked
```
"""
DIAGRAMS = sorted((ROOT / "guides" / "diagrams").glob("*.svg"))


def site_with(root: Path, directive: str, argument: str):
    """Return the small test handbook, with this directive on its front page."""
    site = new_site(root)
    site.write({"index.md": FRONT.format(directive=directive, argument=argument)})
    conf = with_extensions((root / "conf.py").read_text(), "look.front_page")
    site.write({"conf.py": conf})
    return site


def test_a_copy_is_the_case(site: Path) -> None:
    """The copies on the front page are the cases' files and commands, byte for byte."""
    source = (ROOT / "index.md").read_text(encoding="utf-8")
    page = (site / "index.html").read_text(encoding="utf-8")
    blocks = [
        html.unescape(re.sub(r"<[^>]+>", "", one)) for one in re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.S)
    ]
    names = re.findall(r"\{copy-of\} (\S+)", source)
    assert names
    for name in names:
        copied = case.load(ROOT / "snippets" / name)
        for text in [*(copied.text(file) for file in copied.files), copied.commands]:
            assert text in blocks, name


def test_a_copy_links_to_the_case_and_has_no_id_of_it(tmp_path: Path) -> None:
    """A copy does not count as printing the case: it has none of its ids, and links to its page."""
    site = site_with(tmp_path, "copy-of", "pip/install-env")
    assert site.build() == 0
    assert 'id="case-' not in site.page("index")
    assert 'href="guides/pip.html#case-pip-install-env"' in site.page("index")
    assert "Not checked in this build" not in site.page("index")


def test_a_copy_prints_the_result_where_it_is_asked_for(tmp_path: Path) -> None:
    """With `:result:`, a copy ends with the output of the case; without it, the output is omitted."""
    site = site_with(tmp_path, "copy-of", "pip/leak-extra\n:result:")
    assert site.build() == 0
    assert "&lt;span&gt;9.9.9" in site.page("index")
    site.write({"index.md": FRONT.format(directive="copy-of", argument="pip/leak-extra")})
    assert "index" in site.rebuilt()
    assert "9.9.9" not in site.page("index")


@pytest.mark.parametrize("page", ["index", "guides/join"])
def test_the_form_for_names_is_where_the_page_wants_it(site: Path, page: str) -> None:
    """`{your-names}` puts the form where it is written, and no second one appears above the first example."""
    built = (site / f"{page}.html").read_text(encoding="utf-8")
    assert (ROOT / f"{page}.md").read_text(encoding="utf-8").count("{your-names}") == 1
    assert built.count('<details class="names"') == 1
    assert built.index('<details class="names"') < built.index("<h2>")


def test_the_front_door_counts_what_was_run(tmp_path: Path) -> None:
    """The proof line gives the number of examples run and their versions, and follows the proofs."""
    site = site_with(tmp_path, "copy-of", "pip/install-env")
    assert site.build() == 0
    assert "No example has been run in this build" in site.page("index")
    site.prove("pip/install-env", "pip/leak-extra", date="2026-11-21")
    assert "index" in site.rebuilt()
    assert "✓ Checked: 2 of 4 examples · pip 26.3 · 2026-11-21" in site.page("index")


def test_the_front_door_counts_what_is_inferred_apart(tmp_path: Path) -> None:
    """An inferred result does not count as checked, and has its own count and mark."""
    site = site_with(tmp_path, "copy-of", "pip/install-env")
    site.prove("pip/install-env", grade="inferred")
    site.prove("pip/leak-extra")
    assert site.build() == 0
    said = "✓ Checked: 1 of 4 examples · ≈ Run with an inferred answer: 1 · pip 26.3 · 2026-11-22"
    assert said in words(site.page("index"))
    site.prove("pip/install-env")
    assert "index" in site.rebuilt()
    assert "✓ Checked: 2 of 4 examples · pip 26.3" in words(site.page("index"))


@pytest.mark.parametrize(
    ("directive", "argument", "said"),
    [
        ("copy-of", "pip/no-such", "case pip/no-such does not exist"),
        ("diagram", "no-such", "guides/diagrams/no-such.svg: "),
        ("diagram", "broken", "guides/diagrams/broken.svg: "),
        (
            "diagram",
            "mute",
            "guides/diagrams/mute.svg: has no title or no desc: add them, to say what it shows",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, capfd, directive: str, argument: str, said: str) -> None:
    """A copy of a missing case, and a drawing that is missing, broken or undescribed, fail the build."""
    site = site_with(tmp_path, directive, argument)
    site.write({"guides/diagrams/broken.svg": "<svg>", "guides/diagrams/mute.svg": "<svg/>"})
    assert site.build() == 1
    assert said in capfd.readouterr().err


@pytest.mark.parametrize("file", DIAGRAMS, ids=lambda file: file.stem)
def test_a_diagram_takes_the_colours_of_the_page(file: Path) -> None:
    """A diagram has a title and description for screen readers, and no colour of its own."""
    text = file.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == ids[:2] == [f"{file.stem}-title", f"{file.stem}-desc"]
    assert all(one.startswith(f"{file.stem}-") for one in ids)
    assert not re.search(r"\b(style|fill|stroke)=", text)
