"""Tabs with a case's commands for two shells: bash, which was run, and the PowerShell form made from it."""

import hashlib
import tomllib
from collections.abc import Callable
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx_design.shared import create_component

from handbook.site import metadata
from handbook.site.domain import powershell
from handbook.site.domain.checkout import once_a_build

SCRIPT = "tabs.js"  # loaded in the head of pages with tabs: _templates/page.html
GROUP = "system"  # tabs of a page with `:sync-group: system` switch together with these
UNIX, WINDOWS = ("unix", "Linux, macOS"), ("windows", "Windows (PowerShell)")
GIT_BASH = ("unix", "Git Bash")  # replaces the first label if the commands are only for Windows
RECORD = Path(__file__).with_name("powershell.toml")  # lists the forms that were run, and how
RAN = "Tried in {shell} with stand-ins for the clients: same arguments and settings as in bash."
TRANSLATED = "Translated from the bash commands, not run."
NONE = "These commands have no PowerShell form: on Windows, run them in Git Bash or WSL."


def commands(text: str, block: Callable[[str, str, str], nodes.Node], only: bool = False) -> list[nodes.Node]:
    """Return the commands once if both shells read them alike, otherwise in one tab per system.

    `block` makes the code block for a piece (`run.sh`, `run.ps1`), given its text and caption. only: whether
    the commands are only for Windows. A line under the PowerShell form says whether it was run.
    """
    bash = block("run.sh", text, "Run")
    try:
        windows = powershell.powershell(text)
    except powershell.Untranslatable:
        return [bash, said(NONE)]
    if windows == text:
        return [bash]
    made = said(RAN.format(shell=record()["shell"]) if recorded(text, windows) else TRANSLATED)
    items = [
        item(*(GIT_BASH if only else UNIX), bash),
        item(*WINDOWS, block("run.ps1", windows, "Run in PowerShell"), made),
    ]
    return [create_component("tab-set", classes=["sd-tab-set"], children=items)]


@once_a_build
def record() -> dict:
    """Return the record of the PowerShell forms that were run."""
    return tomllib.loads(RECORD.read_text(encoding="utf-8"))


def recorded(bash: str, windows: str) -> bool:
    """Return whether exactly this pair was run; if any character changes, it is another pair."""
    return digest(bash, windows) in record()["ran"].values()


def digest(bash: str, windows: str) -> str:
    """Return the SHA-256 of a pair, as in the record."""
    return hashlib.sha256(f"{bash}\0{windows}".encode()).hexdigest()


def said(words: str) -> nodes.paragraph:
    """Return a small line under the commands."""
    return nodes.paragraph("", words, classes=["shell-note"])


def item(sync: str, name: str, *content: nodes.Node) -> nodes.container:
    """Return one tab, built as sphinx-design's own directives do."""
    label = nodes.rubric(name, name, classes=["sd-tab-label"], sync_id=sync, sync_group=GROUP)
    inside = create_component("tab-content", classes=["sd-tab-content"], children=content)
    return create_component("tab-item", classes=["sd-tab-item"], children=[label, inside])


def setup(app: Sphinx) -> dict:
    """Register the tabs."""
    app.setup_extension("sphinx_design")
    app.add_js_file(SCRIPT)
    return metadata()
