"""The search index: every section of every page, with the weight of each word in it.

Sphinx's own index knows the page of a word. This one knows its section and its role there: part of the title,
code, an option, a variable, text. `_static/find.js` ranks by it. `search.toml` beside this file adds to
sections the queries of readers whose words are missing there, or occur in many sections.

Sphinx's language support reduces words to their stems, both here and in the page.
"""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import shorten

import sphinx
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.search import SearchEnglish

from handbook.site import metadata
from handbook.site.domain.seal import still, write_if_new
from handbook.site.domain.sphinx_domain import of, warn
from handbook.site.search import words
from handbook.site.search.words import bare, titled, written

FILE = "search-index.js"
QUERIES = "handbook/site/search/search.toml"
ADDRESS = re.compile(r"https?://\S+")
WORD = re.compile(r"[^\W_]+(?:[._-]+[^\W_]+)*")  # as in find.js: pip.conf, PIP_INDEX_URL, extra-index-url
PART = re.compile(r"[._-]+|(?<=[a-z])(?=[A-Z])")  # separates the parts of such a word, and of PipAuthenticate
NOISE = re.compile(r"(?=.*\d)[\da-f]{7,}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|.|.{50,}")  # digests, GUIDs
TITLE, ROW, TYPED, MESSAGE, PAGE, CODE, TEXT = 16, 12, 12, 6, 4, 2, 1
MOST = 40  # the limit of a word's weight: more repetitions mean nothing
LEAD = 140  # the number of characters shown below a result
SKIPPED = (nodes.comment, nodes.raw, nodes.meta, nodes.substitution_definition, addnodes.toctree)
QUIET = {  # words that each case, entry and page repeats, and lists of content from elsewhere
    *("proof", "proof-names", "case-label", "cause-proof", "entry-sources", "entry-list", "entry-counts"),
    *("fact", "label", "page-grade", "page-proofs", "shell-note", "unproved-page", "contact"),
}


@dataclass
class Place:
    """A section: its title, the start of its text, and the weight of each word, as written there."""

    anchor: str
    title: str
    lead: str
    words: Counter[str]


@cache
def language() -> SearchEnglish:
    """Return the language support, which knows stems and stop words."""
    return SearchEnglish({})


def silent(node: nodes.Node) -> bool:
    """Return whether the content of a node is of no use in a search."""
    return isinstance(node, SKIPPED) or (
        isinstance(node, nodes.Element) and bool(QUIET & set(node["classes"]))
    )


def own(node: nodes.Element) -> Iterator[nodes.Node]:
    """Yield the nodes of a section, without those of its subsections."""
    for child in node.children:
        if isinstance(child, nodes.section) or silent(child):
            continue
        yield child
        if isinstance(child, nodes.Element) and not bare(child):
            yield from own(child)


def weight(text: nodes.Text, section: nodes.section) -> int:
    """Return the weight of the words in a text, depending on the element that contains it."""
    above, value = text.parent, TEXT
    while above is not section:
        if isinstance(above, nodes.title) and above.parent is section:
            return TITLE
        if isinstance(above, nodes.entry) and above.parent.index(above) == 0:
            return ROW
        if isinstance(above, (nodes.title, nodes.term, nodes.caption)) or "entry-message" in above["classes"]:
            return MESSAGE
        if isinstance(above, (nodes.literal, nodes.strong)):
            value = CODE
        above = above.parent
    return value


def lead(section: nodes.section) -> str:
    """Return a section's first paragraph; for an entry, its meaning."""
    found = [
        one
        for one in own(section)
        if isinstance(one, nodes.paragraph) and not isinstance(one.parent, nodes.entry)
    ]
    found = [one for one in found if not one.astext().startswith("Source")] or [nodes.paragraph()]
    first = next((one for one in found if "entry-means" in one["classes"]), found[0])
    return written(first, silent)


def place(section: nodes.section, page: str) -> Place:
    """Return the index data of a section; `page` is the page's title, which also counts below it."""
    words: Counter[str] = Counter()
    for text in own(section):
        if isinstance(text, nodes.Text):
            value = weight(text, section)
            words.update(
                {word: value * count for word, count in Counter(WORD.findall(ADDRESS.sub("", text))).items()}
            )
    first = section.parent.parent is None
    words.update({} if first else dict.fromkeys(WORD.findall(page), PAGE))
    return Place("" if first else section["ids"][0], section[0].astext(), lead(section), words)


def collect(app: Sphinx, document: nodes.document) -> None:
    """Keep the sections of a page that was read, the page itself first.

    A section without any text of its own is left out, because it is of no use as a result.
    """
    sections = list(document.findall(nodes.section))
    if sections:
        title = sections[0][0].astext()
        found = [place(one, title) for one in sections if one is sections[0] or len(list(own(one))) > 2]
        of(app.env).data["sections"][app.env.docname] = found


@cache  # a few thousand words, each in many sections
def stem(word: str) -> str:
    """Return the stem of a plain word, "" for a stop word; a word with digits or signs stays whole."""
    low = word.lower()
    if low in language().stopwords or NOISE.fullmatch(low):
        return ""
    return language().stem(low) if low.isalpha() else low


@cache
def keys(word: str) -> frozenset[str]:
    """Return the keys under which a word is found: itself and its parts; `PIP_INDEX_URL`, pip, index, url."""
    parts = PART.split(word)
    found = {stem(word), *(stem(part) for part in parts if len(parts) == 1 or not part.isdigit())}
    return frozenset(found - {""})


def kind(page: str, kinds: dict[str, list[str]]) -> str:
    """Return the kind of a page: a guide, unless the file lists another for its address or folder."""
    return next((name for name, begins in kinds.items() if page.startswith(tuple(begins))), "guide")


def index(pages: dict[str, list[Place]], address: dict[str, str], said_of: dict[str, dict]) -> dict:
    """Return the index that `find.js` uses; `said_of` is search.toml.

    `words` lists, for each stem, places and weights alternately; `forms` lists the words with that stem, the
    most frequent first; `typed` lists the places to which the queries of readers lead.
    """
    places: list[list] = []
    found: dict[str, dict[int, int]] = {}
    spelt: dict[str, Counter[str]] = {}
    titles = {page: here[0].title for page, here in pages.items()}
    typed = said_of.get("typed", {})
    order = sorted(pages)
    leads = {query: [] for queries in typed.values() for query in queries}
    for number, page in enumerate(order):
        for one in pages[page]:
            queries = typed.get(f"{page}#{one.anchor}".rstrip("#"), [])
            more = Counter({word: TYPED for query in queries for word in WORD.findall(query)})
            for word, value in (one.words + more).items():
                for key in keys(word):
                    here = found.setdefault(key, {})
                    here[len(places)] = min(here.get(len(places), 0) + value, MOST)
                if key := stem(word):
                    spelt.setdefault(key, Counter())[word if word.lower() == key else word.lower()] += value
            for query in queries:
                leads[query].append(len(places))
            places.append([number, one.anchor, one.title, said(one.lead, page, titles)])
    forms = {key: " ".join(form for form, _ in spelt[key].most_common()) for key in sorted(spelt)}
    return {
        "pages": [[address[page], titles[page], kind(page, said_of.get("kinds", {}))] for page in order],
        "places": places,
        "words": {
            key: [part for pair in sorted(found[key].items()) for part in pair] for key in sorted(found)
        },
        "forms": {key: written for key, written in forms.items() if written != key},
        "typed": leads,
        "synonyms": said_of.get("synonyms", {}).get("groups", []),
    }


def said(text: str, page: str, titles: dict[str, str]) -> str:
    """Return the start of a text, with the titles of the pages that it names."""
    return shorten(re.sub(r"\s+(?=[.,;:](?:\s|$))", "", titled(text, page, titles)), LEAD, placeholder=" …")


def add_files(app: Sphinx, page: str, template: str, context: dict, document: nodes.document | None) -> None:
    """Add the files that the search page needs, in this order; the 404 page uses its form."""
    if page in ("search", "404"):
        app.add_css_file("search.css")
    if page == "search":
        for script in ("mask.js", "find.js", "search.js"):
            app.add_js_file(script, loading_method="defer")


def listed(app: Sphinx) -> dict[str, dict]:
    """Return search.toml, or {} if it does not exist."""
    file = Path(app.srcdir) / QUERIES
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def check(app: Sphinx, env: BuildEnvironment) -> None:
    """Check that the places in search.toml exist."""
    pages = of(env).data["sections"]
    known = {f"{page}#{one.anchor}".rstrip("#") for page, here in pages.items() for one in here}
    for name in sorted(set(listed(app).get("typed", {})) - known):
        warn(f"{QUERIES} names {name}, which no page has: correct or drop the line", None)


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the index beside the other static files, if any of its inputs has changed."""
    target = Path(app.outdir) / "_static" / FILE
    if error is not None or app.builder.format != "html" or still(app, target):
        return
    pages, typed = of(app.env).data["sections"], listed(app)
    addresses = {page: app.builder.get_target_uri(page) for page in pages}
    code = [file.read_bytes() for file in (Path(__file__), Path(words.__file__))]
    made_of = [sphinx.__version__, code, sorted(pages.items()), addresses, typed]

    def text() -> str:
        found = json.dumps(index(pages, addresses, typed), ensure_ascii=False, separators=(",", ":"))
        return f"globalThis.handbookIndex = {found};\n"

    write_if_new(app, FILE, made_of, text)


def setup(app: Sphinx) -> dict:
    """Register the events."""
    app.setup_extension("handbook.site.domain.sphinx_domain")
    app.connect("doctree-read", collect, priority=900)  # after the handlers that add to a page
    app.connect("env-check-consistency", check)
    app.connect("html-page-context", add_files)
    app.connect("build-finished", write)
    return metadata()
