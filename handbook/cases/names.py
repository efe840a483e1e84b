"""The example values, in one place: what stands in every case, and what a company may put there instead.

A company's own values come from the environment (`HANDBOOK_ORGANIZATION`, `HANDBOOK_PROJECT`,
`HANDBOOK_FEED`); an empty `HANDBOOK_PROJECT` means a feed of the organization. `ORGANIZATION`, `PROJECT`
and `FEED` are read when they are asked for, so that importing this module never fails.
"""

import os
import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote

EXAMPLES = {"ORGANIZATION": "contoso", "PROJECT": "platform", "FEED": "python-internal"}
# The second feed of the examples, one of the whole organization. It keeps its name where a reader fills in
# their own three: the organization in its address is theirs, and there are no fields for a second feed.
ORGANIZATION_FEED = "shared"
MISSING_FEED = "no-such-feed"
SOURCE = "internal"
SOURCES = (SOURCE, "shared")  # what a client's own files call the first feed and the second
USER = "az"
TOKEN_VARIABLE = "AZURE_ARTIFACTS_TOKEN"

# An allow-list: no quote, dollar, backtick, percent or slash gets in, so no language needs escaping.
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
# No name looks like this: personal access tokens, JSON web tokens, tokens of code hosts and of PyPI.
TOKEN = re.compile(
    r".*[a-z\d]{52}.*|eyJ[\w-]{10,}.*|gh[pousr]_\w{20,}|pypi-AgE[\w-]{10,}", re.ASCII | re.IGNORECASE
)
NO_TOKEN = "this looks like a token, which no page needs"


class NamesError(ValueError):
    """A value that cannot be an organization, project or feed; the message is one line with the cure."""


def validated(kind: str, value: str, place: str = "") -> str:
    """Return `value` when it may stand for `kind` (ORGANIZATION, PROJECT, FEED), else raise NamesError.

    `place` says where the value was written; by default that is the variable.
    """
    place = place or f"HANDBOOK_{kind}"
    pattern, rule = ALLOWED[kind]
    if TOKEN.fullmatch(value):
        raise NamesError(f"{place}: {NO_TOKEN}: use {rule}")
    if not pattern.fullmatch(value):
        raise NamesError(f"{place}: {value!r} is not allowed: use {rule}")
    return value


def __getattr__(name: str) -> str:
    """Read ORGANIZATION, PROJECT or FEED from the environment, the example value when it says nothing."""
    if name not in EXAMPLES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return validated(name, os.environ.get(f"HANDBOOK_{name}", EXAMPLES[name]))


def feed_base(organization: str, project: str | None, feed: str) -> str:
    """Return the feed's percent-encoded address up to `pypi/`; without a project, the organization's feed."""
    owner = [organization, project] if project else [organization]
    path = [*owner, "_packaging", feed, "pypi", ""]
    return "https://pkgs.dev.azure.com/" + "/".join(quote(part, safe="@") for part in path)


class Mark(NamedTuple):
    """A place where a text names the example: from `start` to `end`, with a kind (a key of KINDS)."""

    start: int
    end: int
    kind: str


# What a reader's own names put there. Only a project may hold what an address must encode: a space.
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
    """Return each place of a text where a reader's own names take the examples' place, in order.

    This is the one list: `filled_in` and the marks of the built pages are made from it. A package, a module
    or a variable that contains an example name is none. A feed of the organization keeps its name.
    """
    return [Mark(*found.span(found.lastgroup), found.lastgroup[0]) for found in _OCCURRENCE.finditer(text)]


def filled_in(text: str, organization: str, project: str | None, feed: str) -> str:
    """Return a text with a reader's own names in place of the examples; no project: organization's feed."""
    pieces, end = [], 0
    for mark in occurrences(text):
        pieces += [text[end : mark.start], KINDS[mark.kind](organization, project, feed)]
        end = mark.end
    return "".join([*pieces, text[end:]])


def _bare(feed: str) -> str:
    return feed.partition("@")[0]


def example_path() -> str:
    """Return what stands between the host and the view, or `/pypi/`, in an address of the examples."""
    return _path(*EXAMPLES.values())


def organization_path() -> str:
    """Return the same of the feed of the whole organization."""
    return _path(EXAMPLES["ORGANIZATION"], None, ORGANIZATION_FEED)


def wrong_paths(
    organization: str = EXAMPLES["ORGANIZATION"],
    project: str | None = EXAMPLES["PROJECT"],
    feed: str = EXAMPLES["FEED"],
) -> tuple[str, ...]:
    """Return the same of addresses that are wrong on purpose: no such feed, no project, one with a blank."""
    return (
        _path(organization, project, MISSING_FEED),
        _path(organization, None, feed),
        _path(organization, " platform", ORGANIZATION_FEED),
    )


def _path(organization: str, project: str | None, feed: str) -> str:
    base = feed_base(organization, project, feed)
    return base.removeprefix("https://pkgs.dev.azure.com/").removesuffix("/pypi/")
