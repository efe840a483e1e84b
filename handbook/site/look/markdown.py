"""Write a page's document tree as Markdown, for language models and for readers who paste a page elsewhere.

It contains everything that the page prints: cases in fences, tabs one after the other, tables with pipes.
"""

import re
from collections.abc import Callable, Iterable
from xml.etree import ElementTree

from docutils import nodes
from sphinx import addnodes
from sphinx.errors import ExtensionError

ALERTS = (nodes.note, nodes.warning, nodes.tip, nodes.important, nodes.caution, nodes.danger, nodes.attention)
SILENT = (
    nodes.comment,
    nodes.target,
    nodes.substitution_definition,
    addnodes.toctree,
    addnodes.index,
    nodes.meta,
)
SILENT_NAMES = {"NamesForm", "paste_box", "sd_tab_input"}  # forms have no function in a text
PASSED = {"details", "sd_tab_set", "sd_tab_item"}  # our boxes and sphinx_design's: only their content counts
SVG = "{http://www.w3.org/2000/svg}"


def page(document: nodes.document) -> str:
    """Return a whole page."""
    return _Writer().blocks(document) + "\n"


def first(document: nodes.document) -> nodes.paragraph:
    """Return the page's first paragraph of prose, or an empty one if it has none."""
    for node in document.findall(nodes.paragraph):
        if isinstance(node.parent, nodes.section) and not node["classes"]:
            return node
    return nodes.paragraph()


def link(uri: str) -> str:
    """Return a link's target; links between pages lead from Markdown to Markdown."""
    return re.sub(r"^(?![a-z]+:)([^#]+)\.html(?=#|$)", r"\1.md", uri)


class _Writer:
    """The writer of one page; its state is the depth of the current section."""

    level = 0

    def blocks(self, node: nodes.Element | Iterable[nodes.Node], between: str = "\n\n") -> str:
        """Return the content of a node, one block after the other."""
        children = node.children if isinstance(node, nodes.Element) else node
        return between.join(text for text in (self.block(child) for child in children) if text)

    def block(self, node: nodes.Node) -> str:
        """Return one block; "" if a text does not need it. Raises ExtensionError for an unknown one."""
        name = type(node).__name__
        if isinstance(node, SILENT) or name in SILENT_NAMES:
            return ""
        if isinstance(node, ALERTS) or name == "admonition":
            return self.alert(node)
        if isinstance(node, nodes.Text | nodes.Inline) and not isinstance(node, nodes.raw | nodes.image):
            return self.inline([node]).strip()
        found: Callable[[nodes.Element], str] | None = getattr(self, name, None)
        if found is not None:
            return found(node)
        if name in PASSED:
            return self.blocks(node)
        raise ExtensionError(f"handbook/site/look/markdown.py cannot write a {name}: add it there")

    def section(self, node: nodes.Element) -> str:
        self.level += 1
        text = self.blocks(node)
        self.level -= 1
        return text

    def document(self, node: nodes.Element) -> str:
        return self.blocks(node)

    container = topic = compound = compact_paragraph = block_quote = figure = legend = document

    def title(self, node: nodes.Element) -> str:
        return f"{'#' * max(self.level, 1)} {self.inline(node.children)}"

    def rubric(self, node: nodes.Element) -> str:
        return f"**{self.inline(node.children)}**"

    caption = sd_tab_label = sd_summary_title = rubric

    def paragraph(self, node: nodes.Element) -> str:
        return self.inline(node.children)

    term = paragraph

    def literal_block(self, node: nodes.Element) -> str:
        text = node.astext()
        longest = max((len(run) for run in re.findall("`+", text)), default=0)
        fence = "`" * max(3, longest + 1)
        language = node.get("language", "text")
        ending = "" if text.endswith("\n") else "\n"
        return f"{fence}{'' if language == 'text' else language}\n{text}{ending}{fence}"

    def bullet_list(self, node: nodes.Element) -> str:
        return self.items(node, lambda number: "* ")

    def enumerated_list(self, node: nodes.Element) -> str:
        first = node.get("start", 1)
        return self.items(node, lambda number: f"{first + number}. ")

    def items(self, node: nodes.Element, mark: Callable[[int], str]) -> str:
        """Return the items of a list, each after its mark."""
        written = []
        for number, item in enumerate(node.children):
            written.append(mark(number) + indented(self.blocks(item), " " * len(mark(number))))
        return ("\n\n" if any("\n\n" in item for item in written) else "\n").join(written)

    def definition_list(self, node: nodes.Element) -> str:
        return self.blocks(node)

    def definition_list_item(self, node: nodes.Element) -> str:
        terms = [child for child in node.children if isinstance(child, nodes.term)]
        rest = [child for child in node.children if not isinstance(child, nodes.term)]
        return f"**{' '.join(map(self.term, terms))}**\n\n{self.blocks(rest)}"

    definition = document

    def alert(self, node: nodes.Element) -> str:
        """Return an admonition as a quotation that starts with its title."""
        titled = isinstance(node.children[0], nodes.title)
        name = self.inline(node.children[0].children) if titled else type(node).__name__.capitalize()
        rest = node.children[1:] if titled else node.children
        lines = f"**{name}**\n\n{self.blocks(rest)}".splitlines()
        return "\n".join(f"> {line}".rstrip() for line in lines)

    def table(self, node: nodes.Element) -> str:
        rows = [[self.cell(entry) for entry in row.children] for row in node.findall(nodes.row)]
        title = next((child for child in node.children if isinstance(child, nodes.title)), None)
        heads = sum(len(head.children) for head in node.findall(nodes.thead))
        head = rows[0] if heads else [""] * len(rows[0])
        lines = [head, ["---"] * len(head), *rows[1 if heads else 0 :]]
        text = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        return f"**{self.inline(title.children)}**\n\n{text}" if title else text

    def cell(self, node: nodes.Element) -> str:
        """Return a cell on one line."""
        return self.blocks(node, "<br>").replace("\n", "<br>").replace("|", "\\|")

    def transition(self, node: nodes.Element) -> str:
        return "---"

    def image(self, node: nodes.Element) -> str:
        return f"![{node.get('alt', '')}]({node['uri']})"

    def raw(self, node: nodes.Element) -> str:
        """Return a picture's title and description; omit all other HTML."""
        text = node.astext()
        if "<svg" not in text:
            return ""
        picture = ElementTree.fromstring(text[text.index("<svg") : text.rindex("</svg>") + len("</svg>")])
        words = [picture.findtext(f"{SVG}{tag}") or picture.findtext(tag) for tag in ("title", "desc")]
        return f"[Picture: {': '.join(word.strip() for word in words if word)}]"

    def inline(self, children: Iterable[nodes.Node]) -> str:
        """Return the text within a block."""
        return "".join(map(self.one, children))

    def one(self, node: nodes.Node) -> str:
        """Return one piece of text."""
        if isinstance(node, nodes.Text):
            return node.astext().replace("\n", " ")
        if isinstance(node, nodes.literal):
            text = node.astext()
            return f"`` {text} ``" if "`" in text else f"`{text}`"
        if isinstance(node, nodes.raw | nodes.target | addnodes.index):
            return ""
        text = self.inline(node.children)
        if isinstance(node, nodes.reference):
            uri = node.get("refuri", "") or f"#{node.get('refid', '')}"
            return f"[{text}]({link(uri)})"
        if isinstance(node, nodes.strong):
            return f"**{text}**"
        if isinstance(node, nodes.emphasis):
            return f"*{text}*"
        if isinstance(node, nodes.image):
            return self.image(node)
        return text


def indented(text: str, margin: str) -> str:
    """Return a text with the margin before each line except the first."""
    return text.replace("\n", f"\n{margin}").replace(f"\n{margin}\n", "\n\n")
