"""The example values, in one place: what stands in every case, and what a company may put there instead.

A company's own values come from the environment (`HANDBOOK_ORGANIZATION`, `HANDBOOK_PROJECT`,
`HANDBOOK_FEED`); an empty `HANDBOOK_PROJECT` means a feed of the organization. `ORGANIZATION`, `PROJECT`
and `FEED` are read when they are asked for, so that importing this module never fails.
"""

import os
import re
from urllib.parse import quote

EXAMPLES = {"ORGANIZATION": "contoso", "PROJECT": "platform", "FEED": "python-internal"}
ORGANIZATION_FEED = "shared"  # the one example of a feed of the whole organization; it keeps its name
MISSING_FEED = "no-such-feed"
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


_FEED_ALONE = re.compile(rf"(?<![\w./-]){EXAMPLES['FEED']}(?![\w./@-])")
_PROJECT_AND_FEED = re.compile(rf"(?<![\w./-]){EXAMPLES['PROJECT']}/{EXAMPLES['FEED']}(?![\w./@-])")
_ORGANIZATION_ALONE = re.compile(rf"(?<=pkgs\.dev\.azure\.com/){EXAMPLES['ORGANIZATION']}(?![\w./-])")


def filled_in(text: str, organization: str, project: str | None, feed: str) -> str:
    """Return a text of a case with a reader's own values in place of the examples, in every address.

    An address that names a view keeps it: it replaces the view of a reader's own, if there is one.
    A pipeline names the feed without an address: as `project/feed`, and alone as a section of .pypirc.
    """
    text = _PROJECT_AND_FEED.sub(f"{project}/{feed}" if project else feed, text)
    text = _FEED_ALONE.sub(feed, text)
    text = _ORGANIZATION_ALONE.sub(quote(organization), text)  # a login is for the whole organization
    text = text.replace(example_path() + "/", _path(organization, project, feed) + "/")
    text = text.replace(example_path() + "@", _path(organization, project, feed.partition("@")[0]) + "@")
    text = text.replace(organization_path() + "/", _path(organization, None, ORGANIZATION_FEED) + "/")
    for old, new in zip(wrong_paths(), wrong_paths(organization, project, feed), strict=True):
        text = text.replace(old + "/", new + "/")
    return text


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
) -> tuple[str, str]:
    """Return the same of two addresses that are wrong on purpose: no such feed, the project left out."""
    return _path(organization, project, MISSING_FEED), _path(organization, None, feed)


def _path(organization: str, project: str | None, feed: str) -> str:
    base = feed_base(organization, project, feed)
    return base.removeprefix("https://pkgs.dev.azure.com/").removesuffix("/pypi/")
