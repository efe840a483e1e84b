"""The private package of the examples; in the browser, a reader may put one of their own in its place.

The names of the feed are a company's, too, and the cases run with others (`handbook.cases.names`). This one
is not: the recording holds this package and no other.
"""

import re

from handbook.cases.names import Mark

EXAMPLE = "contoso-utils"
ALLOWED = (
    re.compile(r"(?:[a-z\d](?:[a-z\d._-]{0,62}[a-z\d])?)?", re.ASCII | re.IGNORECASE),
    "letters, digits, dots, hyphens, underscores, at most 64, first and last a letter or digit",
)
NORMAL = EXAMPLE.replace("-", "_")  # in the name of a file
KINDS = {"p": EXAMPLE, "u": NORMAL}  # of marks, beside those of `handbook.cases.names`
_OCCURRENCE = re.compile(rf"(?<![\w-])(?:(?P<p>{EXAMPLE})(?!\w|-(?!\d)|\.\w)|(?P<u>{NORMAL})(?=-\d))")


def occurrences(text: str) -> list[Mark]:
    """Return each place of a text that names the package, or a file of it. A module keeps its name."""
    return [Mark(*found.span(), found.lastgroup) for found in _OCCURRENCE.finditer(text)]
