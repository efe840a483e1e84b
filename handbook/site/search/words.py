"""The text of a paragraph, kept until the titles are known: a bare link to a page becomes its title later."""

import posixpath
import re
from collections.abc import Callable, Iterator

from docutils import nodes
from sphinx import addnodes

TO_PAGE = "\0"  # surrounds the name of such a page


def bare(node: nodes.Node) -> bool:
    """Return whether a node is a link to a page whose text will be that page's title."""
    return isinstance(node, addnodes.pending_xref) and node["reftype"] == "doc" and not node["refexplicit"]


def unseen(node: nodes.Node) -> bool:
    """Return whether a node contains no text."""
    return isinstance(node, (nodes.raw, nodes.comment))


def written(node: nodes.Element, silent: Callable[[nodes.Node], bool] = unseen) -> str:
    """Return the text of a paragraph without its silent parts, with the names of linked pages marked."""

    def parts(element: nodes.Element) -> Iterator[str]:
        for child in element.children:
            if isinstance(child, nodes.Text):
                yield child
            elif bare(child):
                yield f"{TO_PAGE}{child['reftarget']}{TO_PAGE}"
            elif not silent(child):
                yield from parts(child)

    return "".join(parts(node))


def titled(text: str, page: str, titles: dict[str, str]) -> str:
    """Return the text on one line, with titles in place of page names; `page` is the page that has it."""

    def title(found: re.Match) -> str:
        target = posixpath.normpath(posixpath.join("/", posixpath.dirname(page), found[1]))
        return titles.get(target.lstrip("/"), "")

    named = re.sub(f"{TO_PAGE}(.*?){TO_PAGE}", title, text)
    return " ".join(named.split())
