"""What is closed until a reader opens it, or follows a link into it."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from handbook.site import metadata

SCRIPT = "reveal.js"  # opens it for a link, in browsers that do not


class details(nodes.General, nodes.Element):
    """A closed part; `summary` is its one line."""


def open_details(writer: HTML5Translator, node: details) -> None:
    """Write the element's beginning and its summary."""
    writer.body.append(writer.starttag(node, "details"))
    writer.body.append(f"<summary>{writer.encode(node['summary'])}</summary>\n")


def close_details(writer: HTML5Translator, node: details) -> None:
    """Write the element's end."""
    writer.body.append("</details>\n")


def add_script(app: Sphinx, page: str, template: str, context: dict, document: nodes.document | None) -> None:
    """Let a page with closed parts load what opens them."""
    if document is not None and document.next_node(details):
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> dict:
    """Register the element and the event."""
    app.add_node(details, html=(open_details, close_details))
    app.connect("html-page-context", add_script)
    return metadata()
