"""Reference tables from the cases: `{variables-table}`, `{files-table}`, `{places-table}`, `{answers-table}`.

The variables, files and places come from the cases. Their meanings, with the client's documentation as
source, come from variables.toml and files.toml beside this file. The answers come from tests/evidence.
"""

import re
import shlex
import tomllib
from pathlib import Path

from sphinx.application import Sphinx

from handbook.cases import case as cases
from handbook.cases import grades
from handbook.cases.clients import CLIENTS
from handbook.site import metadata
from handbook.site.domain.checkout import every_case
from handbook.site.tables.outcomes import ends_well
from handbook.site.tables.table import CaseLink, Cell, Code, Link, MadeTable, Rows, clients

HERE = Path(__file__).parent
# These pass a variable on; another client reads it.
NO_CLIENTS = {name for name, one in CLIENTS.items() if not one.lock}


def described(name: str) -> dict[str, dict]:
    """Return a data file from this module's folder."""
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def variables(case: cases.Case) -> set[str]:
    """Return the environment variables that a case sets or assumes."""
    found = {name for name in [*case.credential, *case.given.get("variables", {})] if name.isupper()}
    found = {name for name in found if re.fullmatch(r"\w+", name)}
    for command in spoken(case.commands):
        if command.startswith("export "):
            found |= {word.partition("=")[0] for word in shlex.split(command)[1:]}
    return found


def spoken(commands: str) -> list[str]:
    """Return the commands, each with its continued lines and its here-document."""
    joined = commands.replace("\\\n", " ")
    return [found[0] for found in re.finditer(r".*<<-?\s*['\"]?(\w+)['\"]?.*\n(?:.*\n)*?\1\n|.*\n", joined)]


def user_file(case: cases.Case, file: str) -> bool:
    """Return whether a file belongs to the user, not a project: it is in a hidden folder of the home."""
    return case.place[file].get("linux", "").startswith("~/.")


def file_name(case: cases.Case, file: str) -> str:
    """Return a file's name as a client sees it, on Linux."""
    return case.called(file)


def configuration(case: cases.Case) -> list[str]:
    """Return the case's files that configure a client: all except Python code."""
    return [file for file in case.files if not file.endswith(".py")]


def shown_by(found: list[cases.Case]) -> Cell:
    """Return a link to one case, preferring one that runs here and succeeds."""
    best = min(
        found, key=lambda case: (bool(case.checked), not ends_well(case), case.verb == "leak", case.name)
    )
    return (CaseLink(best.name, best.title),)


def said(entry: dict[str, str]) -> Cell:
    """Return the meaning from a data file, with its source; a name without one is this handbook's own."""
    if "source" in entry:
        return (f"{entry['means']} (", Link("source", entry["source"]), ")")
    return (f"{entry['means']} (this handbook's own name)",) if entry else ()


class VariablesTable(MadeTable):
    """Print the environment variables of the cases, except those that only their commands need."""

    head = ("Variable", "Client", "Meaning", "Example")

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return a row for each variable."""
        known = described("variables.toml")
        found: dict[str, list[cases.Case]] = {}
        for case in every_case(root).values():
            for name in variables(case):
                found.setdefault(name, []).append(case)
        rows = []
        for name in sorted(found):
            entry = known.get(name, {})
            if entry.get("only_here"):
                continue
            users = sorted({case.client for case in found[name]} - NO_CLIENTS)
            reader = entry.get("reader") or clients(users) or "all"
            rows.append(((Code(name),), (reader,), said(entry), shown_by(found[name])))
        return rows


class FilesTable(MadeTable):
    """Print the configuration files of the cases, with the meaning of each to its client."""

    head = ("File", "Client", "Holds", "Example")

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return a row for each file and client."""
        known = described("files.toml")
        found: dict[tuple[str, str], list[cases.Case]] = {}
        for case in every_case(root).values():
            for file in configuration(case):
                name = file_name(case, file)
                reader = "all" if name in known["all"] else case.client
                found.setdefault((name, reader), []).append(case)
        rows = []
        for (name, reader), where in sorted(found.items()):
            holds = said(known.get(reader, {}).get(name, {}))
            rows.append(((Code(name),), (clients(reader),), holds, shown_by(where)))
        return rows


class PlacesTable(MadeTable):
    """Print the path of each configuration file on each system."""

    head = ("Client", "Linux", "macOS", "Windows")
    look = ("paths",)

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return a row for each file and its paths, the user's first; for a project's file, just its name."""
        found: dict[tuple[bool, tuple[str, ...]], set[str]] = {}
        for case in every_case(root).values():
            for file in configuration(case) if "only" not in case.windows else ():
                own = user_file(case, file)
                name = file_name(case, file)
                places = tuple(case.place[file][system] if own else name for system in cases.SYSTEMS)
                found.setdefault((not own, places), set()).add(case.client)
        return [
            ((clients(sorted(readers)),), *((Code(place),) for place in places))
            for (_, places), readers in sorted(found.items())
        ]


class AnswersTable(MadeTable):
    """Print the feed's answers other than success that public sources show."""

    head = ("Status", "When", "Evidence")

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return a row for each status and situation in the evidence, the best evidence first."""
        found = []
        for file in sorted((root / "tests" / "evidence").glob("*.toml")):
            entry = tomllib.loads(file.read_text(encoding="utf-8"))
            status = entry.get("response", {}).get("status", 0)
            if status >= 300:
                rank = list(grades.GRADES).index(entry["grade"])
                found.append((status, rank, file.name, entry))
        rows = []
        for status, _, _, entry in sorted(found, key=lambda one: one[:3]):
            when = (f"{entry['situation']} (", Link(str(entry["published"]), entry["source"]), ")")
            rows.append(((str(status),), when, (grades.GRADES[entry["grade"]],)))
        return rows


def setup(app: Sphinx) -> dict:
    """Register the directives."""
    app.setup_extension("handbook.site.tables.table")
    for name, directive in (
        ("variables-table", VariablesTable),
        ("files-table", FilesTable),
        ("places-table", PlacesTable),
        ("answers-table", AnswersTable),
    ):
        app.add_directive(name, directive)
    return metadata()
