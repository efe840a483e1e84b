"""The directives and the role that print cases and link to them.

The directive `{case}` prints a whole case; if prose must come between its parts, `{case-file}`,
`{case-commands}`, `{case-output}` and `{case-proof}` print its pieces; the role {case}`pip/install-env` links
to the case. They print the bytes of the case's files and, beside commands that set a variable, their
PowerShell form. A case must be on exactly one page, complete, each piece once.
"""

import re
from pathlib import PurePosixPath

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import ReferenceRole, SphinxDirective

from handbook.cases import case as cases
from handbook.cases.clients import CLIENTS
from handbook.site import metadata
from handbook.site.domain import checkout, proof_lines, shell_tabs, step_list
from handbook.site.domain.sphinx_domain import Printed, find, link, of, warn, watched

LABELS = {"leak": "Do not copy", "fail": "What goes wrong"}
SYSTEMS = {"linux": "Linux", "macos": "macOS", "windows": "Windows"}
COMMANDS = ("run.sh", "run.ps1", "run.cmd")  # a reader types these; all other files are read
AGENT = "~/agent/"  # the folder of an Azure Pipelines agent
PIECES = {"case-commands": "run.sh", "case-output": "output.txt", "case-proof": "proof"}
LEXERS = {  # by the whole file name or its extension
    **{file: kind for one in CLIENTS.values() for file, kind in one.files.items()},
    ".ini": "ini", ".cfg": "ini", ".toml": "toml", ".sh": "bash", ".env": "bash", ".py": "python",
    ".json": "json", ".yml": "yaml", ".yaml": "yaml", ".xml": "xml", ".ps1": "powershell", ".cmd": "bat",
    "Dockerfile": "docker",
}  # fmt: skip


def pieces(case: cases.Case) -> list[str]:
    """Return the pieces of the case that a page must print, in order."""
    return [*case.files, case.script, *(["output.txt"] if case.output is not None else []), "proof"]


def anchor(name: str) -> str:
    """Return the id of the element that contains the case, or its first piece."""
    return "case-" + name.replace("/", "-")


def piece_id(name: str, piece: str) -> str:
    """Return the id of one printed text; `piece` is a file's name, `run.sh` or `output.txt`."""
    # An id begins with a letter, so `.netrc` and `_netrc` would get the same one.
    return f"{anchor(name)}-{nodes.make_id(re.sub('^_', 'low-line-', piece))}"


def lexer(file: str) -> str:
    """Return the highlighter's name for a file."""
    path = PurePosixPath(file)
    return LEXERS.get(path.name) or LEXERS.get(path.suffix, "text")


def caption(places: dict[str, str], saved: str = "") -> list[nodes.Node]:
    """Return a file's place as a caption: one path, or `Linux, macOS: … · Windows: …` if systems differ.

    saved: how the case says that the file is saved, if it differs from all other files.
    """
    said = [nodes.Text(f", saved as {cases.SAVED[saved]}")] if saved else []
    systems: dict[str, list[str]] = {}
    for system, path in places.items():
        systems.setdefault(path, []).append(SYSTEMS[system])
    if len(systems) == 1:
        return [nodes.literal("", *systems), *said]
    result: list[nodes.Node] = []
    for path, names in systems.items():
        result += [nodes.Text(f"{' · ' if result else ''}{', '.join(names)}: "), nodes.literal("", path)]
    return result + said


class CaseDirective(SphinxDirective):
    """Print a whole case; the subclasses print one piece."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the printed case; on an error, return nothing and give one warning."""
        case = find(self.env, self.arguments[0], self.get_location())
        if case is None:
            return []
        wanted = self.wanted(case)
        wrong = [piece for piece in wanted if piece not in pieces(case)]
        if wrong:
            warn(
                f"case {case.name} has no {wrong[0]}: take one of {', '.join(pieces(case))}",
                self.get_location(),
            )
            return []
        return [self.print(case, wanted)]

    def wanted(self, case: cases.Case) -> list[str]:
        """Return the pieces of the case to print."""
        return pieces(case)

    def print(self, case: cases.Case, wanted: list[str]) -> nodes.container:
        """Return the pieces in one element, and record that this page printed them."""
        here = of(self.env).here()
        first = ("case", case.name) not in here
        what = here.setdefault(("case", case.name), Printed(case.title, anchor(case.name), due=pieces(case)))
        what.pieces += [(piece, self.lineno) for piece in wanted]
        watched(self.env, checkout.files, case.name)
        state = watched(self.env, proof_lines.state, case.name)
        box = nodes.container(classes=["case", f"case-{case.verb}"])
        if first:
            box["ids"].append(what.anchor)
            label = f"{LABELS[case.verb]}: " if case.verb in LABELS else ""
            said = [nodes.inline("", label, classes=["case-label"])] if label else []
            box += nodes.paragraph("", "", *said, nodes.Text(case.title), classes=["case-title"])
        for piece in wanted:
            box += self.piece(case, piece, state)
        return box

    def piece(self, case: cases.Case, piece: str, state: proof_lines.State | None) -> list[nodes.Node]:
        """Return one printed piece; commands can come in two shells."""
        bad = case.exit != 0 or case.verb == "leak"  # a leak that exits with 0 is worth noting
        status = f" (exit status {case.exit})" if bad else ""
        if piece == "proof":
            why = case.windows.get("why")
            there = [shell_tabs.said(f"On Windows: {why}")] if why else []
            return [*there, *proof_lines.warnings(state), proof_lines.line(case, state)]
        if piece == cases.CMD:
            return [block(case.name, piece, case.commands, [nodes.Text(f"Run in cmd{status}")])]
        if piece == cases.SH:
            said = "" if case.output else status

            def code(name: str, text: str, label: str) -> nodes.Node:
                return block(case.name, name, text, [nodes.Text(f"{label}{said}")])

            if step_list.file_of(case):  # the CI service runs these in bash: nothing to type
                ran = code("run.sh", case.commands, "The commands")
                ran["classes"].append("no-copy")
                return [step_list.shown(case, ran)]
            self.env.note_dependency(shell_tabs.RECORD)
            return shell_tabs.commands(case.commands, code, "only" in case.windows)
        if piece == "output.txt":
            found = [block(case.name, piece, case.output, [nodes.Text(f"Prints{status}")])]
            if case.windows_output is not None:
                said = [nodes.Text("Prints on Windows")]
                found.append(block(case.name, cases.WINDOWS_OUTPUT, case.windows_output, said))
            return found
        where = caption(case.place[piece], case.saved.get(piece, ""))
        file = block(case.name, piece, case.text(piece), where)
        if any(path.startswith(AGENT) for path in case.place[piece].values()):
            file["classes"].append("no-copy")  # written by a task
        return [file]


class CaseFile(CaseDirective):
    """Print one of the case's files: `{case-file} pip/install-env requirements.txt`."""

    required_arguments = 2

    def wanted(self, case: cases.Case) -> list[str]:
        """Return the file that the directive names."""
        return self.arguments[1:]


class CasePiece(CaseDirective):
    """Print the commands, the output or the proof line, depending on the directive's name."""

    def wanted(self, case: cases.Case) -> list[str]:
        """Return the only piece."""
        return [case.script if self.name == "case-commands" else PIECES[self.name]]


class CaseRole(ReferenceRole):
    """Link to the place where a case is printed, with the case's title or an explicit text."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link, which is resolved once every page has been read."""
        case = find(self.env, self.target, self.get_location())
        if case is None:
            return [], []
        text = self.title if self.has_explicit_title else case.title
        node = link("case", case.name, nodes.inline("", text))
        self.set_source_info(node)
        return [node], []


def block(name: str, piece: str, text: str, said: list[nodes.Node]) -> nodes.container:
    """Return a captioned code block with exactly this text."""
    if text:
        code = nodes.literal_block(text, text, language=lexer(piece), force=True)
    else:
        code = nodes.paragraph("", "This file is empty.", classes=["empty-file"])
    box = nodes.container("", literal_block=True, classes=["literal-block-wrapper"])
    if piece in COMMANDS:
        box["classes"].append("commands")
        code["highlight_args"] = {"commands": True}
    elif piece == "output.txt":
        box["classes"].append("no-copy")
    box["ids"].append(piece_id(name, piece))
    box += [nodes.caption("", "", *said), code]
    return box


def keep_lines(app: Sphinx, config: Config) -> None:
    """Make the highlighter keep empty first and last lines."""
    for language in {*LEXERS.values(), "text"}:
        config.highlight_options.setdefault(language, {})["stripnl"] = False


def setup(app: Sphinx) -> dict:
    """Register the directives, the role and the events."""
    app.setup_extension("handbook.site.domain.page_proofs")
    app.setup_extension("handbook.site.domain.shell_tabs")
    app.add_directive("case", CaseDirective)
    app.add_directive("case-file", CaseFile)
    for name in PIECES:
        app.add_directive(name, CasePiece)
    app.add_role("case", CaseRole())
    app.connect("config-inited", keep_lines)
    return metadata()
