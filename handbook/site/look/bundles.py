"""Bundle the style sheets and scripts that every page loads into two files, without comments.

A page then loads less, with fewer requests. Scripts and styles that only some pages need stay separate.
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
    """Return a style sheet without comments and indentation."""
    return re.sub(r"\n\s*", "\n", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).lstrip()


def bare_script(text: str) -> str:
    """Return a script without comment-only lines and indentation."""
    return re.sub(r"^\s+", "", re.sub(r"^\s*(//.*|/\*\*.*\*/)$", "", text, flags=re.M), flags=re.M)


def bundle(folder: Path, names: Iterable[str], bare: Callable[[str], str]) -> str:
    """Return the concatenated files, each stripped by `bare`."""
    return "".join(bare((folder / name).read_text(encoding="utf-8")) for name in names)


def write(app: Sphinx) -> None:
    """Write both bundles before the pages, which refer to them with their checksums."""
    source, target = Path(app.confdir) / "_static", Path(app.outdir) / "_static"
    target.mkdir(parents=True, exist_ok=True)
    for name, parts, bare in ((STYLE, STYLES, bare_style), (SCRIPT, SCRIPTS, bare_script)):
        (target / name).write_text(bundle(source, parts, bare), encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict:
    """Register the event."""
    app.connect("builder-inited", write)
    return metadata()
