"""Mark inline code whose words may break; short words, such as `--index-url`, stay whole."""

from docutils import nodes
from sphinx.application import Sphinx

from handbook.site import metadata

WHOLE = 30  # the number of characters that fit on a line of a phone


def may_break(node: nodes.literal) -> bool:
    """Return whether a word is too long for a phone, or may become so when a reader fills in names."""
    named = any(isinstance(child, nodes.inline) for child in node.children)
    return named or any(len(word) > WHOLE for word in node.astext().split())


def mark(app: Sphinx, document: nodes.document) -> None:
    """Give inline code that may break a class for the style sheet."""
    for node in document.findall(nodes.literal):
        if may_break(node):
            node["classes"].append("long")


def setup(app: Sphinx) -> dict:
    """Register the event."""
    app.connect("doctree-read", mark)
    return metadata()
