"""The example values, in one place: what stands in every case, and what a company may put there instead.

A company's own values come from the environment (`HANDBOOK_ORGANIZATION`, `HANDBOOK_PROJECT`,
`HANDBOOK_FEED`); an empty `HANDBOOK_PROJECT` means a feed of the organization. `ORGANIZATION`, `PROJECT`
and `FEED` are read when they are asked for, so that importing this module never fails.
"""

import os
import re
from urllib.parse import quote

EXAMPLES = {"ORGANIZATION": "contoso", "PROJECT": "platform", "FEED": "python-internal"}
SOURCE = "internal"
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


class NamesError(ValueError):
    """A value that cannot be an organization, project or feed; the message is one line with the cure."""


def validated(kind: str, value: str) -> str:
    """Return `value` when it may stand for `kind` (ORGANIZATION, PROJECT, FEED), else raise NamesError."""
    pattern, rule = ALLOWED[kind]
    if not pattern.fullmatch(value):
        raise NamesError(f"HANDBOOK_{kind}: {value!r} is not allowed: use {rule}")
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


def filled_in(text: str, organization: str, project: str | None, feed: str) -> str:
    """Return a text of a case with a reader's own values in place of the examples, in every address."""
    return text.replace(_path(*EXAMPLES.values()), _path(organization, project, feed))


def _path(organization: str, project: str | None, feed: str) -> str:
    return feed_base(organization, project, feed).removeprefix("https://pkgs.dev.azure.com/")
