"""Read a simple page: the HTML with which an index lists the files of a package."""

from __future__ import annotations

from html.parser import HTMLParser


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append({key: value or "" for key, value in attrs})


def links(page: str) -> list[dict[str, str]]:
    """Return the attributes of each anchor on a simple page."""
    parser = _Links()
    parser.feed(page)
    return parser.found
