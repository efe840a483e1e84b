"""The words of a paragraph, kept before titles are known: a bare link to a page shows its title later."""

import posixpath
import re
from collections.abc import Callable, Iterator

from docutils import nodes
from sphinx import addnodes

TO_PAGE = "\0"  # around the name of such a page


def bare(node: nodes.Node) -> bool:
    """Return whether a node is a link to a page that has no words of its own yet."""
    return isinstance(node, addnodes.pending_xref) and node["reftype"] == "doc" and not node["refexplicit"]


def unseen(node: nodes.Node) -> bool:
    """Return whether nothing of a node is read as words."""
    return isinstance(node, (nodes.raw, nodes.comment))


def written(node: nodes.Element, silent: Callable[[nodes.Node], bool] = unseen) -> str:
    """Return the words of a paragraph that was read, without its silent parts, the names of pages marked."""

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
    """Return the words as one line, a title in place of each page's name; `page` is where they stand."""

    def title(found: re.Match) -> str:
        target = posixpath.normpath(posixpath.join("/", posixpath.dirname(page), found[1]))
        return titles.get(target.lstrip("/"), "")

    named = re.sub(f"{TO_PAGE}(.*?){TO_PAGE}", title, text)
    return " ".join(named.split())
