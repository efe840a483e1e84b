"""What the foot and the head of a page say: where it is edited, when it last changed, how a chat shows it.

Each address comes from a company's settings; without one there is no link. The last change is that of the
page's source, or of a case, an entry or a table on it, where git knows the whole history.
"""

import subprocess
from pathlib import Path
from urllib.parse import quote, urlsplit

from docutils import nodes
from sphinx.application import Sphinx

from handbook.site import metadata
from handbook.site.domain.checkout import once_a_build

LINKS = ("repository", "edit", "report")  # settings of `company.py`, and what the template calls them
PAGE = "{page}"  # in such an address: the path of the page's source
PICTURES = (".png", ".jpg", ".jpeg", ".webp")  # what a chat can show


def git(root: Path, *arguments: str) -> str:
    """Return what git answers in a checkout, "" where it cannot."""
    command = ["git", "-c", "core.quotepath=off", *arguments]
    try:
        return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


@once_a_build
def changes(root: Path) -> dict[str, str]:
    """Return the day of each file's last commit; nothing where the history is cut off, or of others."""
    if not (root / ".git").exists() or git(root, "rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    found: dict[str, str] = {}
    day = ""
    for line in git(root, "log", "--format=%x00%cs", "--name-only").splitlines():
        if line.startswith("\0"):
            day = line[1:]
        elif line:
            found.setdefault(line, day)
    return found


def last_change(app: Sphinx, page: str) -> str:
    """Return the day on which a page, or what it prints, last changed; "" where nobody knows."""
    root, source = Path(app.srcdir), app.env.doc2path(page, base=False)
    known = changes(root)
    if str(source) not in known:
        return ""
    return max(known.get(str(one), "") for one in (source, *app.env.dependencies.get(page, ())))


def add(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Give a page's template its links, its last change and its picture."""
    picture = context.get("logo_url", "").rpartition("/")[2]
    if app.config.html_baseurl and picture.endswith(PICTURES):
        context["preview_picture"] = f"{app.config.html_baseurl}_static/{picture}"
    if doctree is None:  # it has no source
        context.update(dict.fromkeys(LINKS[1:], ""))
        return
    context["last_updated"] = last_change(app, page)
    source = quote(str(app.env.doc2path(page, base=False)))
    context.update({link: context.get(link, "").replace(PAGE, source) for link in LINKS})


def write_robots(app: Sphinx, error: Exception | None) -> None:
    """Write robots.txt, which names the sitemap; it counts only where the site is all that its host has."""
    base = app.config.html_baseurl
    if not error and base and urlsplit(base).path == "/":
        text = f"User-agent: *\nAllow: /\n\nSitemap: {base}sitemap.xml\n"
        (Path(app.outdir) / "robots.txt").write_text(text, encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict:
    """Register the events."""
    app.setup_extension("handbook.site.domain.checkout")
    app.connect("builder-inited", lambda app: changes(Path(app.srcdir)), priority=200)  # once for all workers
    app.connect("html-page-context", add)
    app.connect("build-finished", write_robots)
    return metadata()
