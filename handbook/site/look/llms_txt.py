"""Pages for language models: each page as Markdown beside the HTML, and llms.txt, which lists them.

The format of llms.txt: https://llmstxt.org/
"""

from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from handbook.site import metadata
from handbook.site.domain.seal import still
from handbook.site.domain.sphinx_domain import of
from handbook.site.look import markdown
from handbook.site.look.builder import Entry, navigation
from handbook.site.search.words import titled, written


def write_page(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Write a page's Markdown, and pass its name to the page's template."""
    if doctree is None:  # the search page and the 404 page
        return
    file = Path(app.outdir) / f"{page}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(markdown.page(doctree), encoding="utf-8", newline="\n")
    context["description"] = " ".join(markdown.first(doctree).astext().split())
    context["markdown"] = f"{page.rpartition('/')[2]}.md"


def collect(app: Sphinx, document: nodes.document) -> None:
    """Keep the first paragraph of a page that was read."""
    of(app.env).data["begins"][app.env.docname] = written(markdown.first(document))


def flat(entries: list[Entry]) -> Iterator[Entry]:
    """Yield the pages of a part of the navigation in order, each before those below it."""
    for entry in entries:
        if "://" not in entry.target:
            yield entry
        yield from flat(entry.below)


def listing(app: Sphinx) -> str:
    """Return the text of llms.txt; URLs are absolute if the site's own is known."""
    env, base = app.env, app.config.html_baseurl
    titles = {page: node.astext() for page, node in env.titles.items()}
    said = {page: titled(text, page, titles) for page, text in of(env).data["begins"].items()}
    lines = [f"# {app.config.html_title}", "", f"> {said[env.config.root_doc]}"]
    for caption, entries in navigation(app):
        lines += ["", f"## {caption}", ""]
        for entry in flat(entries):
            text = said[entry.target]
            lines.append(f"- [{entry.title}]({base}{entry.target}.md)" + (f": {text}" if text else ""))
    return "\n".join(lines) + "\n"


def write_listing(app: Sphinx, error: Exception | None) -> None:
    """Write llms.txt once the pages are written."""
    target = Path(app.outdir) / "llms.txt"
    if error or app.builder.name != "html" or still(app, target):
        return
    target.write_text(listing(app), encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict:
    """Register the events."""
    app.setup_extension("handbook.site.domain.sphinx_domain")
    app.connect("doctree-read", collect)
    app.connect("html-page-context", write_page)
    app.connect("build-finished", write_listing)
    return metadata()
