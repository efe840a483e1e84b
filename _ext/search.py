"""The search finds numbers, too: readers look for `401`, which Sphinx drops from index and query."""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

from _ext import metadata

STATUS = re.compile(r"[1-5]\d\d")  # an HTTP status; all other numbers would only make the index longer


class SearchWithStatuses(SearchEnglish):
    """English, with the statuses."""

    def word_filter(self, word: str) -> bool:
        """Return whether the word belongs into the index."""
        return STATUS.fullmatch(word) is not None or super().word_filter(word)


def add_script(app: Sphinx, page: str, template: str, context: dict, document: nodes.document | None) -> None:
    """Let the search page ask for numbers."""
    if page == "search":
        app.add_js_file("search.js", loading_method="defer")


def setup(app: Sphinx) -> dict:
    """Register the language and the event."""
    app.add_search_language(SearchWithStatuses)
    app.connect("html-page-context", add_script)
    return metadata()
