"""What every page loads of ours, in two files: style sheets and scripts, without their comments.

A page loads less, and asks less often. What only some pages need stays in files of its own.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from sphinx.application import Sphinx

from handbook.site import metadata

STYLES = ("names.css", "shell.css", "handbook.css", "code.css", "print.css")
SCRIPTS = ("ask.js", "copy.js", "shell.js")
STYLE, SCRIPT = "site.css", "site.js"


def bare_style(text: str) -> str:
    """Return a style sheet without comments and indents."""
    return re.sub(r"\n\s*", "\n", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).lstrip()


def bare_script(text: str) -> str:
    """Return a script without the lines that are nothing but a comment, and without indents."""
    return re.sub(r"^\s+", "", re.sub(r"^\s*(//.*|/\*\*.*\*/)$", "", text, flags=re.M), flags=re.M)


def bundle(folder: Path, names: Iterable[str], bare: Callable[[str], str]) -> str:
    """Return files one after the other."""
    return "".join(bare((folder / name).read_text(encoding="utf-8")) for name in names)


def write(app: Sphinx) -> None:
    """Write both files before the pages, which name them with their checksums."""
    source, target = Path(app.confdir) / "_static", Path(app.outdir) / "_static"
    target.mkdir(parents=True, exist_ok=True)
    for name, parts, bare in ((STYLE, STYLES, bare_style), (SCRIPT, SCRIPTS, bare_script)):
        (target / name).write_text(bundle(source, parts, bare), encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict:
    """Register the event."""
    app.connect("builder-inited", write)
    return metadata()
