"""The example names (organization, project, feed), in one place, and how to replace them by a company's.

A company sets its own names in the environment (`HANDBOOK_ORGANIZATION`, `HANDBOOK_PROJECT`,
`HANDBOOK_FEED`); an empty `HANDBOOK_PROJECT` means an organization-scoped feed. `ORGANIZATION`, `PROJECT` and
`FEED` are read on access, so that importing this module never fails.
"""

import os
import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote

EXAMPLES = {"ORGANIZATION": "contoso", "PROJECT": "platform", "FEED": "python-internal"}
# The second feed of the examples, which is organization-scoped. It keeps its name when readers fill in their
# own names: the organization in its address becomes theirs, but the page has no fields for a second feed.
ORGANIZATION_FEED = "shared"
# A second organization, with a feed of the same name: it keeps its name, too.
OTHER_ORGANIZATION = "contoso-labs"
MISSING_FEED = "no-such-feed"
SOURCE = "internal"
SOURCES = (SOURCE, "shared")  # the names of the first and second feed in a client's own files
USER = "az"
TOKEN_VARIABLE = "AZURE_ARTIFACTS_TOKEN"

# An allow-list without quotes, dollars, backticks, percent signs and slashes, so no language needs escaping.
ALLOWED = {
    "ORGANIZATION": (
        re.compile(r"[a-z\d](?:[a-z\d-]{0,48}[a-z\d])?", re.ASCII | re.IGNORECASE),
        "letters, digits and hyphens, at most 50, first and last a letter or digit",
    ),
    "PROJECT": (
        re.compile(r"(?:[a-z\d](?:[a-z\d ._-]{0,62}[a-z\d])?)?", re.ASCII | re.IGNORECASE),
        "letters, digits, spaces, dots, hyphens, underscores, at most 64, first and last a letter or digit",
    ),
    "FEED": (
        re.compile(
            r"[a-z\d](?:[a-z\d._-]{0,62}[a-z\d])?(?:@[a-z\d][a-z\d._-]{0,63})?", re.ASCII | re.IGNORECASE
        ),
        "letters, digits, dots, hyphens, underscores, at most 64, perhaps followed by @ and a view",
    ),
}
# Tokens, which no name resembles: personal access tokens, JSON web tokens, tokens of code hosts and of PyPI.
TOKEN = re.compile(
    r".*[a-z\d]{52}.*|eyJ[\w-]{10,}.*|gh[pousr]_\w{20,}|pypi-AgE[\w-]{10,}", re.ASCII | re.IGNORECASE
)
NO_TOKEN = "this looks like a token, which no page needs"


class NamesError(ValueError):
    """An invalid name of an organization, project or feed; the message is one line with the cure."""


def validated(kind: str, value: str, place: str = "") -> str:
    """Return `value` if it is a valid `kind` (ORGANIZATION, PROJECT, FEED), else raise NamesError.

    `place` says where the value was written; the default is the environment variable.
    """
    place = place or f"HANDBOOK_{kind}"
    pattern, rule = ALLOWED[kind]
    if TOKEN.fullmatch(value):
        raise NamesError(f"{place}: {NO_TOKEN}: use {rule}")
    if not pattern.fullmatch(value):
        raise NamesError(f"{place}: {value!r} is not allowed: use {rule}")
    return value


def __getattr__(name: str) -> str:
    """Return ORGANIZATION, PROJECT or FEED from the environment, or its example value if it is not set."""
    if name not in EXAMPLES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return validated(name, os.environ.get(f"HANDBOOK_{name}", EXAMPLES[name]))


def feed_base(organization: str, project: str | None, feed: str) -> str:
    """Return the feed's percent-encoded URL up to `pypi/`; no project: an organization-scoped feed."""
    owner = [organization, project] if project else [organization]
    path = [*owner, "_packaging", feed, "pypi", ""]
    return "https://pkgs.dev.azure.com/" + "/".join(quote(part, safe="@") for part in path)


class Mark(NamedTuple):
    """A part of a text, from `start` to `end`, that names an example; `kind` is a key of KINDS."""

    start: int
    end: int
    kind: str


# What replaces each kind of mark. Only a project's name may contain a character that a URL must encode: a
# space.
KINDS: dict[str, Callable[[str, str | None, str], str]] = {
    "o": lambda organization, project, feed: organization,
    "w": lambda organization, project, feed: "/".join([organization, *([quote(project)] if project else [])]),
    "q": lambda organization, project, feed: "/".join([*([project] if project else []), _bare(feed)]),
    "f": lambda organization, project, feed: _bare(feed),
    "v": lambda organization, project, feed: feed,
}

_ORGANIZATION, _PROJECT, _FEED = map(re.escape, EXAMPLES.values())
_OCCURRENCE = re.compile(
    rf"""
    # in an address, whole or without its host: the organization (o), or with the project after it (w)
    (?:(?<=dev\.azure\.com/)|(?<![\w./-])/?(?={_ORGANIZATION}(?:/[^/\s]+)?/_packaging/))
        (?:(?P<w>{_ORGANIZATION}/{_PROJECT})|(?P<o>{_ORGANIZATION}))(?![\w-]|\.\w)
    # an older address
    |(?<![\w.-])(?P<o_host>{_ORGANIZATION})(?=\.pkgs\.visualstudio\.com)
    # the organization alone, as inline code: the whole text, or between backticks
    |(?:\A|(?<=`))/?(?P<o_alone>{_ORGANIZATION})(?=/?(?:`|\Z))
    # the feed in an address: nothing is published to a view, and an address that names one keeps it (f)
    |(?<=/_packaging/)(?:(?P<f>{_FEED})(?=@|\s*/pypi/upload)|(?P<v>{_FEED})(?![\w-]|\.\w))
    # without an address, as pipelines name it: `project/feed` (q), and alone as a section of .pypirc
    |(?<![\w./-])(?:(?P<q>{_PROJECT}/{_FEED})|(?P<f_alone>{_FEED}))(?![\w/-]|\.\w)
    """,
    re.VERBOSE,
)


def occurrences(text: str) -> list[Mark]:
    """Return each part of a text that a reader's own names replace, in order.

    Both `filled_in` and the marks in the built pages are made from this list. A package, module or variable
    that merely contains an example name is not one of them. An organization-scoped feed keeps its name.
    """
    return [Mark(*found.span(found.lastgroup), found.lastgroup[0]) for found in _OCCURRENCE.finditer(text)]


def filled_in(text: str, organization: str, project: str | None, feed: str) -> str:
    """Return a text with a reader's names in place of the examples; no project: an organization's feed."""
    pieces, end = [], 0
    for mark in occurrences(text):
        pieces += [text[end : mark.start], KINDS[mark.kind](organization, project, feed)]
        end = mark.end
    return "".join([*pieces, text[end:]])


def _bare(feed: str) -> str:
    return feed.partition("@")[0]


def example_path() -> str:
    """Return the part of an example feed's URL between the host and the view, or `/pypi/`."""
    return _path(*EXAMPLES.values())


def organization_path() -> str:
    """Return the same part of the organization-scoped feed's URL."""
    return _path(EXAMPLES["ORGANIZATION"], None, ORGANIZATION_FEED)


def other_organization_path() -> str:
    """Return the same part of the URL of the feed in the second organization."""
    return _path(OTHER_ORGANIZATION, None, ORGANIZATION_FEED)


def wrong_paths(
    organization: str = EXAMPLES["ORGANIZATION"],
    project: str | None = EXAMPLES["PROJECT"],
    feed: str = EXAMPLES["FEED"],
) -> tuple[str, ...]:
    """Return the same part of URLs that are deliberately wrong.

    No such feed, no project, a leading space, and two lines in place of a feed's name.
    """
    return (
        _path(organization, project, MISSING_FEED),
        _path(organization, None, feed),
        _path(organization, " platform", ORGANIZATION_FEED),
        _path(organization, project, f"{feed}\nplatform"),
    )


def _path(organization: str, project: str | None, feed: str) -> str:
    base = feed_base(organization, project, feed)
    return base.removeprefix("https://pkgs.dev.azure.com/").removesuffix("/pypi/")
