"""Mark the example names in everything that pages print, so that a reader's own names can replace them.

`handbook.cases.names` and `handbook.site.look.package` find the names. A company's names are filled in here,
a reader's by `_static/names.js`. A mark is a span whose class ends in `-V` and its kind, a key of their
KINDS.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import ClassVar

from docutils import nodes
from pygments.formatters import HtmlFormatter
from pygments.token import _TokenType
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms import SphinxTransform
from sphinx.writers.html5 import HTML5Translator

from handbook.cases import names
from handbook.site import metadata
from handbook.site.look import lines, package

SCRIPT = "names.js"
PROVED = " All were run with the example names."  # after the proofs of a page that shows other names


class NamesForm(nodes.General, nodes.Element):
    """The place of the form on a page, before the first element that shows a name."""


def marked(tokens: Iterable[tuple[_TokenType, str]], marks: list[names.Mark]) -> Iterator:
    """Yield the tokens of a text, split at the marks.

    A mark becomes one token, whose type is a subtype of that of the token in which it starts; the subtype is
    named after the mark's kind.
    """
    letters = [(kind, letter) for kind, value in tokens for letter in value]
    end = 0
    for mark in marks:
        yield from together(letters[end : mark.start])
        text = "".join(letter for _, letter in letters[mark.start : mark.end])
        yield getattr(letters[mark.start][0], f"V{mark.kind}"), text
        end = mark.end
    yield from together(letters[end:])


def together(letters: list[tuple[_TokenType, str]]) -> Iterator[tuple[_TokenType, str]]:
    """Join adjacent letters of the same type into tokens, and yield these."""
    for kind, group in groupby(letters, itemgetter(0)):
        yield kind, "".join(letter for _, letter in group)


class MarkedFormatter(HtmlFormatter):
    """Pygments' HTML with the marks of a code block; each is a span that keeps its token's colour."""

    prepared: ClassVar[dict[str, dict]] = {}  # options -> the attributes that Pygments derives from them

    def __init__(self, marks: list[names.Mark] = (), commands: bool = False, **options: object) -> None:
        key = repr(sorted(options.items(), key=str))
        if key not in self.prepared:  # deriving a style sheet for each of hundreds of blocks takes long
            super().__init__(**options)
            self.prepared[key] = dict(vars(self))
        self.__dict__ = self.prepared[key] | {"marks": marks, "commands": commands}

    def format_unencoded(self, tokensource: Iterable, outfile: object) -> None:
        """Write the tokens with their marks."""
        tokens = marked(tokensource, self.marks) if self.marks else tokensource
        super().format_unencoded(tokens, outfile)

    def wrap(self, source: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """Give long lines a hanging indent."""
        return super().wrap(lines.hanging(source, self.commands))


def occurrences(text: str) -> list[names.Mark]:
    """Return each place in a text where a reader's names replace the examples, in order."""
    return sorted(names.occurrences(text) + package.occurrences(text))


def filled(text: str, values: tuple[str, str, str]) -> tuple[str, list[names.Mark]]:
    """Return a text with these names in place of the examples, and the marks at their new positions."""
    result, marks, end = "", [], 0
    for mark in occurrences(text):
        result += text[end : mark.start]
        value = package.KINDS.get(mark.kind) or names.KINDS[mark.kind](*values)
        marks.append(names.Mark(len(result), len(result) + len(value), mark.kind))
        result, end = result + value, mark.end
    return result + text[end:], marks


class MarkNames(SphinxTransform):
    """Fill in the company's names, mark them, and put the form before the first of them."""

    default_priority = 870  # before Sphinx collects the titles (880)

    def apply(self, **kwargs: object) -> None:
        """Apply the transform to one page."""
        values = self.config.handbook_names
        for block in list(self.document.findall(nodes.literal_block)):
            text, marks = filled(block.astext(), values)
            if marks:
                block.rawsource = text  # must equal the text, or it is not highlighted
                block.children = []
                block += nodes.Text(text)
                block["highlight_args"] = block.get("highlight_args", {}) | {"marks": marks}
        for text in list(self.document.findall(nodes.Text)):
            if not isinstance(text.parent, nodes.FixedTextElement) and occurrences(text):
                text.parent.replace(text, list(pieces(text, values)))
        self.put_form()

    def put_form(self) -> None:
        """Put the form before the first part of the page that shows a name, or before the first entry.

        If the page already has the form, from the directive `{your-names}`, leave it in place.
        """
        if any(self.document.findall(NamesForm)):
            return
        first = next((node for node in self.document.findall() if is_marked(node)), None)
        while first is not None and not isinstance(first.parent, nodes.section):
            first = first.parent
        if first is not None and is_entry(first.parent):
            first = next(node for node in self.document.findall(nodes.section) if is_entry(node))
        if first is not None and not isinstance(first, nodes.title):
            first.parent.insert(first.parent.index(first), NamesForm())


def pieces(text: str, values: tuple[str, str, str]) -> Iterator[nodes.Node]:
    """Yield prose or inline code, with its names marked."""
    text, marks = filled(text, values)
    end = 0
    for mark in marks:
        if mark.start > end:
            yield nodes.Text(text[end : mark.start])
        yield nodes.inline("", text[mark.start : mark.end], classes=[f"v-V{mark.kind}"])
        end = mark.end
    if end < len(text):
        yield nodes.Text(text[end:])


def is_own(values: tuple[str, str, str]) -> bool:
    """Return whether these are a company's names."""
    return values != tuple(names.EXAMPLES.values())


def is_marked(node: nodes.Node) -> bool:
    """Return whether a node is a code block with one of the names, or a name in prose."""
    if isinstance(node, nodes.literal_block):
        return any(mark.kind in names.KINDS for mark in node.get("highlight_args", {}).get("marks", ()))
    return isinstance(node, nodes.inline) and any(f"v-V{kind}" in node["classes"] for kind in names.KINDS)


def is_entry(section: nodes.section) -> bool:
    """Return whether a section is an entry of a troubleshooting page."""
    return "entry" in section["classes"]


def write_form(translator: HTML5Translator, node: NamesForm) -> None:
    """Write the form from its template, with the company's names as the values to which it resets."""
    values = translator.config.handbook_names
    fields = [
        *((kind.lower(), rule) for kind, (_, rule) in names.ALLOWED.items()),
        ("package", package.ALLOWED[1]),
    ]
    context = {
        "fields": [(*field, value) for field, value in zip(fields, [*values, package.EXAMPLE], strict=True)],
        "shown": {kind: fill(*values) for kind, fill in names.KINDS.items()},
        "no_token": names.NO_TOKEN,
        "examples": "the handbook's names" if is_own(values) else "the examples",
    }
    translator.body.append(translator.builder.templates.render("names.html", context))
    raise nodes.SkipNode


def add_script(app: Sphinx, config: Config) -> None:
    """Add the script with the data that it needs at once; _templates/page.html puts it into the head."""
    app.add_js_file(
        SCRIPT,
        **{
            "data-rules": json.dumps(
                [pattern.pattern for pattern, _ in (*names.ALLOWED.values(), package.ALLOWED)]
            ),
            "data-token": names.TOKEN.pattern,
            "data-proved": "" if is_own(config.handbook_names) else PROVED,
        },
    )


def use_formatter(app: Sphinx) -> None:
    """Make this builder's highlighter write the marks; Sphinx has no setting for its formatter."""
    if app.builder.format == "html":
        app.builder.highlighter.formatter = MarkedFormatter


def skip(translator: object, node: NamesForm) -> None:
    """Omit the form, because it works only in a browser."""
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict:
    """Register the config value, the transform, the form and the events."""
    examples = tuple(names.EXAMPLES.values())
    app.add_config_value("handbook_names", examples, "env", (tuple,), "Organization, project, feed.")
    app.add_transform(MarkNames)
    app.add_node(NamesForm, html=(write_form, None), **dict.fromkeys(("latex", "text", "man"), (skip, None)))
    app.connect("config-inited", add_script)
    app.connect("builder-inited", use_formatter)
    return metadata()
