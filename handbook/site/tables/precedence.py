"""Who wins when two sources of a credential disagree: `{precedence-table}`, made from the cases that try it.

Such a case has two credentials, one that opens the feed and one that does not. If it ends well, the one
that opens the feed won.
"""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sphinx.application import Sphinx

from handbook.cases import case as cases
from handbook.cases.clients import CLIENTS
from handbook.site import metadata
from handbook.site.tables.outcomes import ends_well, statuses
from handbook.site.tables.table import CaseLink, Cell, Code, MadeTable, Rows, add_table, clients, every

CLOSED = {"none", "wrong", "expired", "no-role"}  # the classes that open no feed
CLASS = re.compile(r"\{([a-z-]+)\}")  # in a value of given.variables
# What a command that gets a credential does with it; the words of the table.
COMMANDS: tuple[tuple[str, Cell], ...] = (
    (r"poetry config http-basic\b", (Code("auth.toml"),)),
    (r"uv auth login\b", (Code("uv auth login"),)),
    (r"keyring set\b", ("keyring",)),
)
PROVIDER = re.compile(r"(VSS_NUGET_EXTERNAL_FEED_ENDPOINTS|ARTIFACTS_CREDENTIALPROVIDER\w+)")


@dataclass(frozen=True)
class Source:
    """Where a credential stands, in the words of the table, and whether it opens the feed."""

    place: Cell
    opens: bool


def sources(case: cases.Case) -> list[Source]:
    """Return the places of a case's credentials, in the order of case.toml."""
    found = [Source(place(case, word), kind not in CLOSED) for word, kind in case.credential.items()]
    for name, value in case.given.get("variables", {}).items():
        if kind := CLASS.search(value):
            where = ("keyring",) if PROVIDER.match(name) else inside((Code(name),), value, re.escape(kind[0]))
            found.append(Source(where, kind[1] not in CLOSED))
    return found


def place(case: cases.Case, word: str) -> Cell:
    """Return where a variable or a word stands: in a command, in a file, else the variable itself."""
    mark = rf"\$\{{?{word}\b" if re.fullmatch(r"\w+", word) else re.escape(word)
    for command in spoken(case.commands):
        if re.search(mark, command):
            return of_command(command, mark)
    for file in case.files:
        if re.search(mark, case.text(file)):
            name = case.called(file)
            return inside((Code(name),), case.text(file), mark)
    return (Code(word),)


def spoken(commands: str) -> list[str]:
    """Return the commands, each with its continued lines and its here-document."""
    joined = commands.replace("\\\n", " ")
    return [found[0] for found in re.finditer(r".*<<-?\s*['\"]?(\w+)['\"]?.*\n(?:.*\n)*?\1\n|.*\n", joined)]


def of_command(command: str, mark: str) -> Cell:
    """Return where a command puts the credential that it mentions."""
    if exported := re.match(r"(?:export )?(\w+)=", command):
        return ("keyring",) if PROVIDER.match(exported[1]) else inside((Code(exported[1]),), command, mark)
    for pattern, words in COMMANDS:
        if re.search(pattern, command):
            return words
    if written := re.search(r">>?\s*\"?([^\s\"<]+)", command):
        return inside((Code(PurePosixPath(written[1]).name),), command, mark)
    if option := re.search(rf"(--?[a-z-]+)[ =][\"']?{mark}", command):
        return (Code(option[1]),)
    return ("URL on the command line",) if in_url(command, mark) else ("command line",)


def inside(where: Cell, text: str, mark: str) -> Cell:
    """Return the place, told apart as a URL where the credential is a part of one."""
    return ("URL in ", *where) if in_url(text, mark) else where


def in_url(text: str, mark: str) -> bool:
    """Return whether the credential that a pattern finds stands before the host of a URL."""
    return re.search(rf"://[^\s\"'/]*{mark}\}}?[^\s\"'/]*@", text) is not None


def disagree(case: cases.Case) -> list[Source]:
    """Return the two sources of a case that tries which one wins, the winner first; [] for any other case."""
    found = sources(case)
    if case.checked or len(found) != 2 or found[0].opens == found[1].opens:
        return []
    opened = ends_well(case) and not {"401", "403"} & set(statuses(case))
    return sorted(found, key=lambda source: source.opens != opened)


class PrecedenceTable(MadeTable):
    """Print each pair of sources that a case sets against each other, with the one that won."""

    head = ("Client", "Wins", "Over", "Shown by")

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return a row for each case, in the order of the clients."""
        rows = []
        for case in sorted(every(root), key=lambda case: list(CLIENTS).index(case.client)):
            if pair := disagree(case):
                link = CaseLink(case.name, case.title)
                rows.append(((clients(case.client),), pair[0].place, pair[1].place, (link,)))
        return rows


def setup(app: Sphinx) -> dict:
    """Register the directive."""
    app.setup_extension("handbook.site.tables.table")
    add_table(app, "precedence-table", PrecedenceTable)
    return metadata()
