"""The private package of the examples, which a reader can replace by their own in the browser.

The names of the feed can also be a company's, and the cases run with others (`handbook.cases.names`). The
package's name cannot, because the recording contains only this package.
"""

import re

from handbook.cases.names import Mark

EXAMPLE = "contoso-utils"
ALLOWED = (
    re.compile(r"(?:[a-z\d](?:[a-z\d._-]{0,62}[a-z\d])?)?", re.ASCII | re.IGNORECASE),
    "letters, digits, dots, hyphens, underscores, at most 64, first and last a letter or digit",
)
NORMAL = EXAMPLE.replace("-", "_")  # its form in a file name
KINDS = {"p": EXAMPLE, "u": NORMAL}  # kinds of marks, in addition to those of `handbook.cases.names`
_OCCURRENCE = re.compile(rf"(?<![\w-])(?:(?P<p>{EXAMPLE})(?!\w|-(?!\d)|\.\w)|(?P<u>{NORMAL})(?=-\d))")


def occurrences(text: str) -> list[Mark]:
    """Return each place in a text that names the package or one of its files. A module keeps its name."""
    return [Mark(*found.span(), found.lastgroup) for found in _OCCURRENCE.finditer(text)]
