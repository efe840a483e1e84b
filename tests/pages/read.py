"""Parse built pages: ids, links, the files that a browser would load, and the code in each element."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
ADDRESS = re.compile(r"(?:https?:)?//\S+")
STYLE = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""")


@dataclass
class Page:
    """A built page: `ids`, `links`, `loads` (what a browser fetches), `code` (the text of `pre` by id)."""

    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    code: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.page = Page()
        self.open: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get("id") or ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.page.ids.append(values["id"])
            self.page.code[values["id"]] = ""
        loads = [values[name] for name in ("src", "srcset", "poster", "data") if name in values]
        loads += STYLE.findall(values.get("style", ""))
        if "href" in values:
            following = tag == "a" or values.get("rel") in ("next", "prev", "index", "search", "canonical")
            (self.page.links if following else loads).append(values["href"])
        self.page.loads += loads

    def handle_endtag(self, tag: str) -> None:
        if self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self.open]
        if "style" in tags:
            self.page.loads += STYLE.findall(data)
        if "pre" in tags:
            for name in {name for _, name in self.open if name}:
                self.page.code[name] += data


def read(html: str) -> Page:
    """Return the parsed page."""
    return _Reader(html).page


def read_all(folder: Path) -> dict[str, Page]:
    """Return every page of a built site, keyed by path."""
    files = sorted(folder.rglob("*.html"))
    return {file.relative_to(folder).as_posix(): read(file.read_text(encoding="utf-8")) for file in files}


def broken_links(folder: Path, root: str = "/") -> list[str]:
    """Return `page: address` for each internal link or file that does not exist, including anchors.

    `root` is the path of the site on its host.
    """
    pages, broken = read_all(folder), []
    for name, page in pages.items():
        for address in page.links + page.loads:
            if ADDRESS.match(address) or address.startswith(("mailto:", "data:")):
                continue
            path, anchor = urldefrag(address)
            path = unquote(path.partition("?")[0])
            # Links on the 404 page start at the site's root.
            inside = path.removeprefix(root) if path.startswith(root) else None
            start = (folder / name).parent / path if inside is None else folder / inside
            target = start.resolve() if path else folder / name
            reached = target.relative_to(folder.resolve()).as_posix() if target.is_file() else None
            anchored = not anchor or reached not in pages or unquote(anchor) in pages[reached].ids
            if reached is None or not anchored:
                broken.append(f"{name}: {address}")
    return broken


def foreign_loads(folder: Path) -> list[str]:
    """Return `file: address` for everything that a page or style sheet would load from another host."""
    found = [
        (name, one) for name, page in read_all(folder).items() for one in page.loads if ADDRESS.match(one)
    ]
    for file in sorted(folder.rglob("*.css")):
        name = file.relative_to(folder).as_posix()
        found += [(name, one) for one in STYLE.findall(file.read_text(encoding="utf-8"))]
    return [f"{name}: {address}" for name, address in found]


def repeated_ids(folder: Path) -> list[str]:
    """Return `page: id` for each id that occurs twice on a page."""
    pages = read_all(folder).items()
    return [
        f"{name}: {one}" for name, page in pages for one in sorted(set(page.ids)) if page.ids.count(one) > 1
    ]
