"""The commands of a case in two shells: bash, which was run, and the PowerShell form that is made from it."""

from collections.abc import Callable

from docutils import nodes
from sphinx.application import Sphinx
from sphinx_design.shared import create_component

from handbook.site import metadata
from handbook.site.domain import powershell

SCRIPT = "tabs.js"  # in the head of pages with tabs: _templates/page.html
GROUP = "system"  # a page with `:sync-group: system` around tabs of its own switches with these
UNIX, WINDOWS = ("unix", "Linux, macOS"), ("windows", "Windows (PowerShell)")
NONE = "These commands have no PowerShell form: on Windows, run them in Git Bash or WSL."


def commands(text: str, block: Callable[[str, str, str], nodes.Node]) -> list[nodes.Node]:
    """Return the commands once where all shells read them alike, else in a tab for each system.

    `block` makes the code block for a piece (`run.sh`, `run.ps1`), its text and its caption. What was run of
    which form is said once, in guides/checked.md.
    """
    bash = block("run.sh", text, "Run")
    try:
        windows = powershell.powershell(text)
    except powershell.Untranslatable:
        return [bash, said(NONE)]
    if windows == text:
        return [bash]
    items = [item(*UNIX, bash), item(*WINDOWS, block("run.ps1", windows, "Run in PowerShell"))]
    return [create_component("tab-set", classes=["sd-tab-set"], children=items)]


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
