"""The commands of a case in two shells: bash, which was run, and the PowerShell form that is made from it."""

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

SCRIPT = "tabs.js"  # in the head of pages with tabs: _templates/page.html
GROUP = "system"  # a page with `:sync-group: system` around tabs of its own switches with these
UNIX, WINDOWS = ("unix", "Linux, macOS"), ("windows", "Windows (PowerShell)")
GIT_BASH = ("unix", "Git Bash")  # in place of the first, where commands are for Windows alone
RECORD = Path(__file__).with_name("powershell.toml")  # which forms were run, and how
RAN = "Same arguments and settings as the bash commands; run with stand-in programs in {shell}."
TRANSLATED = "Translated from the bash commands, not run."
NONE = "These commands have no PowerShell form: on Windows, run them in Git Bash or WSL."


def commands(text: str, block: Callable[[str, str, str], nodes.Node], only: bool = False) -> list[nodes.Node]:
    """Return the commands once where all shells read them alike, else in a tab for each system.

    `block` makes the code block for a piece (`run.sh`, `run.ps1`), its text and its caption. only: whether
    they are for Windows alone. The PowerShell form says what was done with it.
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
    """Return whether exactly this pair was run: another letter in either makes it another pair."""
    return digest(bash, windows) in record()["ran"].values()


def digest(bash: str, windows: str) -> str:
    """Return the SHA-256 of a pair as the record has it."""
    return hashlib.sha256(f"{bash}\0{windows}".encode()).hexdigest()


def said(words: str) -> nodes.paragraph:
    """Return a calm line under commands."""
    return nodes.paragraph("", words, classes=["shell-note"])


def item(sync: str, name: str, *content: nodes.Node) -> nodes.container:
    """Return one tab, as sphinx-design's own directives make it."""
    label = nodes.rubric(name, name, classes=["sd-tab-label"], sync_id=sync, sync_group=GROUP)
    inside = create_component("tab-content", classes=["sd-tab-content"], children=content)
    return create_component("tab-item", classes=["sd-tab-item"], children=[label, inside])


def setup(app: Sphinx) -> dict:
    """Bring the tabs."""
    app.setup_extension("sphinx_design")
    app.add_js_file(SCRIPT)
    return metadata()
