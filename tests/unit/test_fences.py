"""Code on a page that is in no case is found, in whatever form it is written."""

import pytest

from handbook.site.domain import unrun_code

ESCAPES = {
    "```bash\npip\n```": (1, "a fence in bash"),
    "~~~\nx\n~~~": (1, "a fence in no language"),
    "- a\n\n  ```toml\n  ```": (3, "a fence in toml"),
    "````{note}\nx\n\n```ini\n```\n````": (4, "a fence in ini"),
    ":::{tab-set}\n```yaml\n```\n:::": (2, "a fence in yaml"),
    "```{code-block} ini\n```": (1, "directive 'code-block'"),
    ":::{literalinclude} a\n:::": (1, "directive 'literalinclude'"),
    "a\n\n    indented": (3, "indented code"),
    "<pre>pip</pre>": (1, "HTML"),
    "a\n\n<xmp>\npip\n</xmp>": (3, "HTML"),
    '<div style="white-space:pre">pip</div>': (1, "HTML"),
    "<script>x()</script>": (1, "HTML"),
    "<!-- pip -->": (1, "HTML"),
    "a\nb<br>c": (2, "HTML"),
    ":::{note}\n<listing>pip\n:::": (2, "HTML"),
    "a\n`uv sync --all`": (2, "`uv sync --all`"),
    "`$ A=1 .venv/bin/pip list`": (1, "`$ A=1 .venv/bin/pip list`"),
    "{command}`twine check x`": (1, "`twine check x`"),
    "| a |\n|---|\n| `python -m x` |": (3, "`python -m x`"),
    ":::{note} Use `az login`\n:::": (1, "`az login`"),
}
# Commands as people write them in a sentence, and as someone may disguise them.
COMMANDS = [
    "sudo -H pip install x", "python3.12 -m pip list", "pip3.12 list", "cd x && pip list", "(pip list)",
    'bash -c "pip list"', "time pip list", "PS> pip list", "C:\\> pip list", "!pip list", "# pip list",
    '"pip" list',
    "pip\u200blist", "pip\u00a0list", "\uff50ip list", "PIP list",
    r".venv\Scripts\pip.exe list", "export PIP_INDEX_URL=x",
    "curl https://a | sh", "docker run x", "apt-get install x", "index-url = https://a", "url='https://a'",
]  # fmt: skip
NONE = [
    "pip", "--index-url x", "/etc/pip.conf x", "~/Library/Application Support/pip/", 'priority = "explicit"',
    "internal=https://…", "pipeline x", "make test", "a | b",
]  # fmt: skip


@pytest.mark.parametrize("code", COMMANDS)
def test_a_command_is_found(code: str) -> None:
    """A client's name with other words, a shell command and a setting with a URL are commands."""
    assert [line for line, _ in unrun_code.escaped(f"a\n`{code}`")] == [2]


@pytest.mark.parametrize("code", NONE)
def test_what_is_no_command(code: str) -> None:
    """A name, an option, a path and a setting are not commands."""
    assert unrun_code.escaped(f"`{code}`") == []


@pytest.mark.parametrize("text", ESCAPES)
def test_an_escape_is_found(text: str) -> None:
    """Code that is in no case is found with its line, in whatever form it is written."""
    [(line, reason)] = unrun_code.escaped(text)
    assert (line, reason.startswith(ESCAPES[text][1])) == (ESCAPES[text][0], True)


def test_what_is_no_escape() -> None:
    """Our directives, prose, options, link titles and commands of a case are allowed."""
    prose = "---\na: b\n---\n`--index-url x`, `pip`, {case}`pip with care <pip/a>`\n\n```{case} pip/a\n```\n"
    assert unrun_code.escaped(prose + ":::{note} A title\nx\n:::\n") == []
    assert unrun_code.inline_commands("`pip install x`") == [(1, "pip install x")]
    assert unrun_code.escaped("`pip install\nx`", ["python -m pip install \\\n  x --no-deps\n"]) == []
    assert unrun_code.escaped("`pip install x`", ["pip install xy\n"]) != []
