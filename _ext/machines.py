"""What machines read: each page as Markdown beside it, and llms.txt, which lists them.

The form of llms.txt: https://llmstxt.org/
"""

import posixpath
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from _ext import markdown, metadata


def write_page(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Write a page's Markdown, and tell its template where it is."""
    if doctree is None:  # the search page, the page for what is not there
        return
    file = Path(app.outdir) / f"{page}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(markdown.page(doctree), encoding="utf-8", newline="\n")
    context["description"] = markdown.summary(doctree)
    context["markdown"] = f"{page.rpartition('/')[2]}.md"


def contents(env: BuildEnvironment) -> Iterator[tuple[str, list[str]]]:
    """Yield the navigation's captions with their pages, in order."""
    for tree in env.get_doctree(env.config.root_doc).findall(addnodes.toctree):
        yield tree["caption"], [page for _, page in tree["entries"] if page in env.found_docs]


def summary(env: BuildEnvironment, page: str) -> str:
    """Return a page's first paragraph as one line; a link without words has its page's title."""
    document = env.get_doctree(page)
    for link in document.findall(addnodes.pending_xref):
        if link["reftype"] == "doc" and not link["refexplicit"]:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(page), link["reftarget"]))
            link.children = [nodes.Text(env.titles[target.lstrip("/")].astext())]
    return markdown.summary(document)


def listing(env: BuildEnvironment, title: str, base: str) -> str:
    """Return the text of llms.txt; addresses are absolute where the site's own is known."""
    lines = [f"# {title}", "", f"> {summary(env, env.config.root_doc)}"]
    for caption, pages in contents(env):
        lines += ["", f"## {caption}", ""]
        for page in pages:
            said = summary(env, page)
            lines.append(f"- [{env.titles[page].astext()}]({base}{page}.md)" + (f": {said}" if said else ""))
    return "\n".join(lines) + "\n"


def write_listing(app: Sphinx, error: Exception | None) -> None:
    """Write llms.txt when the pages are written."""
    if error or app.builder.name != "html":
        return
    text = listing(app.env, app.config.html_title, app.config.html_baseurl)
    (Path(app.outdir) / "llms.txt").write_text(text, encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict:
    """Register the events."""
    app.connect("html-page-context", write_page)
    app.connect("build-finished", write_listing)
    return metadata()
