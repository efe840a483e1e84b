"""What stops a build of the site: a broken case, with one line, and code on a page that is in no case."""

from pathlib import Path

import pytest

from tests.unit.test_ext import CONF, PAGES, new_site, with_extensions


def test_a_broken_case_is_one_line(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    """A case that cannot be read stops the build with one line, before any page is read."""
    site = new_site(tmp_path)
    site.write({"snippets/pip/fail-broken/case.toml": "title =\n", "guides/pip.md": "# A\n\n{nope}`x`\n"})
    with pytest.raises(SystemExit) as said:
        site.build()
    assert str(said.value).startswith("snippets/pip/fail-broken/case.toml: is not TOML: ")
    assert "\n" not in str(said.value)
    assert capfd.readouterr() == ("", "")


def test_an_escape_on_a_page(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    """HTML or a command of no case fails the build with page, line and cure; a case's command does not."""
    site = new_site(tmp_path)
    conf = with_extensions(CONF, "domain.unrun_code")
    text = PAGES["guides/pip.md"] + "\n`pip list`\n\n<script>x()</script>\n\n`pip nope`\n"
    site.write({"conf.py": conf, "guides/pip.md": text})
    assert site.build() == 1
    first, second, *more = [line for line in capfd.readouterr().err.splitlines() if "WARNING" in line]
    assert "pip.md:11: WARNING: HTML: say it in Markdown, or make code a case" in first
    assert "pip.md:13: WARNING: `pip nope` is in no run.sh: make it a case, or name only the option" in second
    assert more == []
