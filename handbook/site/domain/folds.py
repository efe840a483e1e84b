"""Collapsed parts of a page, which a reader opens directly or by following a link into them."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from handbook.site import metadata

SCRIPT = "reveal.js"  # opens it when a link leads into it, in browsers that do not do so themselves


class details(nodes.General, nodes.Element):
    """A collapsed part; `summary` is the line that stays visible."""


def open_details(writer: HTML5Translator, node: details) -> None:
    """Write the start of the element and its summary."""
    writer.body.append(writer.starttag(node, "details"))
    writer.body.append(f"<summary>{writer.encode(node['summary'])}</summary>\n")


def close_details(writer: HTML5Translator, node: details) -> None:
    """Write the end of the element."""
    writer.body.append("</details>\n")


def add_script(app: Sphinx, page: str, template: str, context: dict, document: nodes.document | None) -> None:
    """Load the script that opens collapsed parts on pages that have any."""
    if document is not None and document.next_node(details):
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> dict:
    """Register the element and the event."""
    app.add_node(details, html=(open_details, close_details))
    app.connect("html-page-context", add_script)
    return metadata()
