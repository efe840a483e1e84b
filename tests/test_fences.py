"""Code that a page shows and no case holds: it is found, however it is written."""

import pytest

from _ext import fences

ESCAPES = {
    "```bash\npip\n```": (1, "a fence in bash"),
    "~~~\nx\n~~~": (1, "a fence in no language"),
    "- a\n\n  ```toml\n  ```": (3, "a fence in toml"),
    "````{note}\nx\n\n```ini\n```\n````": (4, "a fence in ini"),
    ":::{tab-set}\n```yaml\n```\n:::": (2, "a fence in yaml"),
    "```{code-block} ini\n```": (1, "directive 'code-block'"),
    ":::{literalinclude} a\n:::": (1, "directive 'literalinclude'"),
    "a\n\n    indented": (3, "indented code"),
    "<pre>pip</pre>": (1, "code in HTML"),
    "a <code>pip</code>": (1, "code in HTML"),
    "a\n`uv sync --all`": (2, "`uv sync --all`"),
    "`$ A=1 .venv/bin/pip list`": (1, "`$ A=1 .venv/bin/pip list`"),
    "{command}`twine check x`": (1, "`twine check x`"),
    "| a |\n|---|\n| `python -m x` |": (3, "`python -m x`"),
    ":::{note} Use `az login`\n:::": (1, "`az login`"),
}


@pytest.mark.parametrize("text", ESCAPES)
def test_an_escape_is_found(text: str) -> None:
    """Code that no case holds is found with its line, however it is written."""
    [(line, reason)] = fences.escaped(text)
    assert (line, reason.startswith(ESCAPES[text][1])) == (ESCAPES[text][0], True)


def test_what_is_no_escape() -> None:
    """Our directives, prose, options, titles of links and commands of a case are no escapes."""
    prose = "---\na: b\n---\n`--index-url x`, `pip`, {case}`pip with care <pip/a>`\n\n```{case} pip/a\n```\n"
    assert fences.escaped(prose + ":::{note} A title\nx\n:::\n") == []
    assert fences.inline_commands("`pip install x`") == [(1, "pip install x")]
    assert fences.escaped("`pip install\nx`", ["python -m pip install \\\n  x --no-deps\n"]) == []
    assert fences.escaped("`pip install x`", ["pip install xy\n"]) != []
