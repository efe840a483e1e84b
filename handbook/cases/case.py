"""Read and validate a case: a folder in `snippets/` with a reader's files, commands and expected result.

`load` reads and validates one folder; every error is one line that names the file and the cure.
"""

import difflib
import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path

from handbook.cases import confined, keys
from handbook.cases.clients import CLIENTS, GROUPS
from handbook.cases.machine import SYSTEMS as SYSTEMS
from handbook.cases.machine import below_home

VERBS = ("configure", "build", "add", "install", "lock", "export", "publish", "rotate", "leak", "fail")
HOSTS = ("feed", "file-store", "identity", "public-index", "other")
ROLES = ("reader", "collaborator", "contributor")
SCOPES = ("read", "write")
CLOSED = ("none", "wrong", "expired", "no-role")  # these open no feed
CREDENTIALS = (
    *CLOSED,
    "anonymous",  # a caller without a token at a public feed
    "other-organization",  # a Reader's token of the second organization, which opens that one's feed alone
    *(f"{role}-{scope}" for role in ROLES for scope in SCOPES),
)
NOWHERE = "nowhere"  # the supplier of a package that came from a cache or a folder, or was there already
SH, CMD = "run.sh", "run.cmd"  # the commands, in bash; in cmd if the case runs only on Windows
OUTPUT, WINDOWS_OUTPUT = "output.txt", "output.windows.txt"
# Every other file belongs to the reader and needs a `place`.
OWN_FILES = ("case.toml", SH, CMD, OUTPUT, WINDOWS_OUTPUT)
# Files that fix the system on which they are used; a run on another system would prove nothing.
NAMES_A_SYSTEM = re.compile(
    r"(^|/)(azure-pipelines\.yml|\.github/.+|\.gitlab-ci\.yml|Dockerfile|compose\.ya?ml|devcontainer\.json)$"
)
# How Windows PowerShell saves a file -> the words for it. Such a file has Windows line endings.
SAVED = {"utf-8-sig": "UTF-8 with a byte order mark", "utf-16": "UTF-16"}
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")  # any other key of `credential` is a word in a file
CACHE = "__pycache__"  # Python creates it when a test imports a reader's module

REQUIRED_TO_RUN = ("exit", "asked", "result")  # what a case without `checked` must have


class CaseError(ValueError):
    """A case that cannot be used; the message is one line: `path: what is wrong: cure`."""


@dataclass(frozen=True)
class Case:
    """A validated case. `place` maps each file to its path per system; texts equal the files exactly."""

    name: str
    folder: Path
    title: str
    client: str
    exit: int
    place: dict[str, dict[str, str]]
    credential: dict[str, str]
    given: dict
    asked: dict[str, list[str]]
    result: dict
    checked: dict | None
    commands: str
    output: str | None
    exception: dict = field(default_factory=dict)
    windows: dict = field(default_factory=dict)
    windows_output: str | None = None
    script: str = SH
    saved: dict = field(default_factory=dict)
    precedence: dict[str, str] = field(default_factory=dict)

    def runs_on(self, place: str) -> bool:
        """Return whether the case can run on a reader's system, such as windows."""
        return not self.checked and not (
            self.not_on_windows if place == "windows" else "only" in self.windows
        )

    @property
    def not_on_windows(self) -> str:
        """The reason why the case does not run for a Windows reader; "" if it does run."""
        files = (file for file in self.files if NAMES_A_SYSTEM.search(file))
        used = [self.client, *self.given.get("programs", []), *self.given.get("public", [])]
        reasons = [
            *(f"its {file} names another system" for file in files),
            *(CLIENTS[one].linux_alone for one in used if CLIENTS[one].linux_alone),
        ]
        return self.windows.get("no", next(iter(reasons), ""))

    def on(self, place: str) -> "Case":
        """Return the case as it is on a reader's system, with the differences that its folder declares."""
        if place != "windows":
            return self
        said, result = self.windows, self.result | self.windows.get("result", {})
        if "written" in result:
            result = result | {"written": [self._in_windows(one) for one in result["written"]]}
        return replace(
            self,
            exit=said.get("exit", self.exit),
            asked=said.get("asked", self.asked),
            result=result,
            output=self.output if self.windows_output is None else self.windows_output,
        )

    def _in_windows(self, path: str) -> str:
        """Return the Windows path, below the home, of the file that is at `path` on Linux."""
        places = (place["windows"] for place in self.place.values() if place.get("linux") == path)
        return below_home(next(places, path))

    @property
    def differs(self) -> bool:
        """Whether the folder declares that anything differs on Windows."""
        return self.windows_output is not None or bool({"exit", "asked", "result"} & self.windows.keys())

    @property
    def group(self) -> str:
        """The group in which the case runs; "" is the default. Cases that install a client are slow."""
        return CLIENTS[self.client].group or (GROUPS[0] if self.given.get("public") else "")

    @property
    def files(self) -> list[str]:
        """The reader's files, relative to the folder, in the order of `place`: a page prints them so."""
        return list(self.place)

    @property
    def verb(self) -> str:
        """The first word of the folder's name; `leak` and `fail` mark what a reader must not copy."""
        return self.folder.name.partition("-")[0]

    def called(self, file: str) -> str:
        """Return the file's name as a client sees it: on Linux, or on the only system where the case runs."""
        places = self.place[file]
        return re.split(r"[\\/]", places.get("linux", places["windows"]))[-1]

    def saved_as(self, file: str) -> bytes:
        """Return the bytes that a reader's editor or shell saves for one of the case's files."""
        if file not in self.saved:
            return (self.folder / file).read_bytes()
        text = self.text(file).replace("\n", "\r\n")
        mark = b"\xff\xfe" if self.saved[file] == "utf-16" else b""
        return mark + text.encode("utf-16-le" if mark else self.saved[file])

    def text(self, file: str) -> str:
        """Return the text of one of the case's files, unchanged."""
        return _text(self.folder / file)


def folders(root: Path) -> list[Path]:
    """Return the folder of every case of the checkout, ordered by name."""
    found = sorted(path for path in (root / "snippets").glob("*/*") if path.is_dir())
    return [folder for folder in found if any(folder.iterdir())]  # git keeps no empty folder


def find(root: Path, name: str) -> Path:
    """Return the folder of the case with that name, or raise CaseError with the nearest known name."""
    known = {"/".join(folder.parts[-2:]): folder for folder in folders(root)}
    if name in known:
        return known[name]
    nearest = "".join(difflib.get_close_matches(name, known, n=1, cutoff=0))
    raise CaseError(f"{name}: no such case: the nearest is {nearest or 'none'}")


def all_cases(root: Path) -> list[Case]:
    """Return every case of the checkout, ordered by name; raise CaseError for the first broken one."""
    return [load(folder) for folder in folders(root)]


def load(folder: Path) -> Case:
    """Return the case in `folder` (`…/snippets/<client>/<verb-qualifier>`), or raise CaseError."""
    _check_name(folder)
    if link := confined.link(folder):
        raise _wrong(folder, f"{link!r} is a link", "put the file itself there")
    file = folder / "case.toml"
    try:
        data = tomllib.loads(_text(file, "add it, or delete the folder"))
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, tables in 5,000 tables
        raise _wrong(file, f"is not TOML: {error}", "correct that line") from None
    _check_keys(file, data)
    script = CMD if (folder / CMD).is_file() else SH
    commands = _text(folder / script, "write the commands that the page prints")
    if script == CMD and ((folder / SH).exists() or "only" not in data.get("windows", {})):
        raise _wrong(folder / CMD, "is not all that runs", "take run.sh out, and say why in 'windows.only'")
    systems = ("windows",) if "only" in data.get("windows", {}) else SYSTEMS
    place = _placed(file, data.get("place", {}), systems)
    _check_values(file, data, [commands, *(_text(folder / name) for name in place)])
    output, windows_output = folder / OUTPUT, folder / WINDOWS_OUTPUT
    return Case(
        name=f"{folder.parent.name}/{folder.name}",
        folder=folder,
        title=data["title"],
        client=data["client"],
        exit=data.get("exit", 0),
        place=place,
        credential=data.get("credential", {}),
        given=data.get("given", {}),
        asked=data.get("asked", {}),
        result=data.get("result", {}),
        checked=data.get("checked"),
        commands=commands,
        output=_text(output) if output.exists() else None,
        exception=data.get("exception", {}),
        windows=data.get("windows", {}),
        windows_output=_text(windows_output) if windows_output.exists() else None,
        script=script,
        saved=data.get("saved", {}),
        precedence=data.get("precedence", {}),
    )


def _shown(path: Path) -> str:
    """Return the path starting at `snippets`, which is the same on every machine."""
    parts = path.absolute().parts
    start = max((i for i, part in enumerate(parts) if part == "snippets"), default=len(parts) - 4)
    return "/".join(parts[start:])


def _wrong(path: Path, what: str, cure: str) -> CaseError:
    return CaseError(f"{_shown(path)}: {what}: {cure}")


def _text(path: Path, cure: str = "create it") -> str:
    """Return the text of a file; raise CaseError if a page could not print it byte for byte."""
    if not path.is_file():
        raise _wrong(path, "does not exist", cure)
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError:
        raise _wrong(path, "is not UTF-8", "save it as UTF-8") from None
    if "\r" in text:
        raise _wrong(path, "has a carriage return", "save it with line feeds only")
    if text and not text.endswith("\n"):
        raise _wrong(path, "ends without a line feed", "add one")
    return text


def _check_name(folder: Path) -> None:
    name, verb = folder.name, folder.name.partition("-")[0]
    if re.search(r"\d", name):
        raise _wrong(folder, "has a digit in its name", "say it in words")
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name):
        raise _wrong(folder, "is not lower-case words joined by hyphens", "rename it verb-qualifier")
    if verb not in VERBS:
        raise _wrong(folder, f"begins with unknown verb {verb!r}", f"use one of {', '.join(VERBS)}")


def _check_keys(file: Path, data: dict) -> None:
    """Check that the required keys are present, no others are, and each has the right type."""
    if "since" in data:
        raise _wrong(file, "says since", "delete it: `make versions` measures since when a case holds")
    keys.check(data, keys.CaseFile, lambda what, cure: _wrong(file, what, cure))
    for key in () if "checked" in data else REQUIRED_TO_RUN:
        if key not in data:
            raise _wrong(file, f"key {key!r} is missing", f"add it as {keys.kinds(keys.CaseFile)[key]}")
    _check_exception(file, data.get("exception", {}))
    _check_windows(file, data.get("windows", {}))


def _check_windows(file: Path, windows: dict) -> None:
    """Check that the differences on Windows are consistent and have a reason."""
    output = (file.parent / WINDOWS_OUTPUT).exists()
    if output and not (file.parent / OUTPUT).exists():
        raise _wrong(file.parent / WINDOWS_OUTPUT, "stands alone", f"add {OUTPUT}, or call it that")
    if {"exit", "asked", "result"} & windows.keys() or output:
        if not windows.get("why", "").strip():
            raise _wrong(file, "says what is otherwise on Windows", "say in 'windows.why' for which reason")
        if "no" in windows or "only" in windows:
            raise _wrong(file, "says twice what is on Windows", "say no, or only, or what is otherwise")
    elif windows and not windows.get("no", windows.get("only", "")).strip():
        raise _wrong(file, "'windows' has no reason", "say why it runs there alone, or not at all")


def _check_exception(file: Path, exception: dict) -> None:
    """Check that each exception is known and has a reason."""
    reasons = {key: reason for key, reason in exception.items() if isinstance(reason, str)}
    for key in exception.keys() - reasons.keys():
        reasons |= {f"{key}.{name}": reason for name, reason in exception[key].items()}
    for key, reason in reasons.items():
        if not isinstance(reason, str) or not reason.strip():
            raise _wrong(file, f"'exception.{key}' has no reason", "say in a string why it may")


def _placed(file: Path, place: dict, systems: tuple[str, ...] = SYSTEMS) -> dict[str, dict[str, str]]:
    """Return each file's path per system; check that `place` and the files of the folder match."""
    folder = file.parent
    for name in place:
        if name in OWN_FILES:
            raise _wrong(file, f"place names {name!r}", "take it out, only the reader's files have a place")
        if problem := confined.inside(name):
            raise _wrong(file, f"place {problem[0]}", problem[1])
        if not (folder / name).is_file():
            raise _wrong(
                file, f"place names {name!r}, which does not exist", "create it or take the name out"
            )
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if CACHE in path.relative_to(folder).parts:
            continue
        if path.is_file() and name not in place and name not in OWN_FILES:
            raise _wrong(file, f"place does not name {name!r}", "say where the reader puts it")
    placed = {name: _per_system(file, name, where, systems) for name, where in place.items()}
    for system in systems:
        if not confined.apart(where[system] for where in placed.values()):
            raise _wrong(file, f"place puts two files at one path on {system}", "give each its own")
    return placed


def _per_system(file: Path, name: str, where: str | dict, systems: tuple[str, ...]) -> dict[str, str]:
    places = dict.fromkeys(systems, where) if isinstance(where, str) else where
    if not isinstance(places, dict) or set(places) != set(systems):
        raise _wrong(file, f"place of {name!r} is incomplete", f"give one path, or {', '.join(systems)}")
    for path in places.values():
        if problem := confined.place(path):
            raise _wrong(file, f"place of {name!r} is {problem[0]}", problem[1])
    return {system: places[system] for system in systems}


def _check_values(file: Path, data: dict, texts: list[str]) -> None:
    """Check the values that have a closed list or a fixed form; `texts` holds all that the reader sees."""
    folder_client = file.parent.parent.name
    if data["client"] not in CLIENTS:
        raise _wrong(file, f"unknown client {data['client']!r}", f"use one of {', '.join(CLIENTS)}")
    if data["client"] != folder_client:
        raise _wrong(file, f"client is {data['client']!r} in folder {folder_client!r}", "make them equal")
    if not data["title"].strip() or not data["title"].isprintable():
        raise _wrong(file, "title is not one line", "say in a few words what the case does")
    if not 0 <= data.get("exit", 0) <= 255:
        raise _wrong(file, f"exit is {data['exit']}", "give an exit status between 0 and 255")
    for where, what in data.get("credential", {}).items():
        if what not in CREDENTIALS:
            raise _wrong(file, f"unknown credential class {what!r}", f"use one of {', '.join(CREDENTIALS)}")
        variable = where == "stdin" or VARIABLE.fullmatch(where)
        if not variable and not any(where in text for text in texts):
            raise _wrong(
                file, f"credential {where!r} is in no file", "name a variable, a word of a file or stdin"
            )
    for name, how in data.get("saved", {}).items():
        if name not in data.get("place", {}):
            raise _wrong(file, f"saved names {name!r}, which has no place", "name one of the reader's files")
        if how not in SAVED:
            raise _wrong(file, f"saved says {how!r}", f"use one of {', '.join(SAVED)}")
    _check_given(file, data.get("given", {}), data.get("credential", {}))
    _check_precedence(file, data, texts)
    for what, kind in data.get("result", {}).get("installed", {}).items():
        if not re.fullmatch(r"\S+ \S+", what):
            raise _wrong(file, f"result.installed names {what!r}", 'use "package version"')
        if kind not in (*HOSTS, NOWHERE):
            cure = f"use one of {', '.join(HOSTS)}, or {NOWHERE} for a file that was there"
            raise _wrong(file, f"unknown kind of host {kind!r}", cure)
    if "checked" in data and not data["checked"]["source"].startswith("https://"):
        raise _wrong(file, "checked.source is not an address", "give the https:// address of the reason")


def _check_given(file: Path, given: dict, credential: dict) -> None:
    """Check the words that the harness turns into files, variables or other cases."""
    found = [("given.dist", confined.distribution(one, folders=True)) for one in given.get("dist", [])]
    found += [("given.feed", confined.distribution(one, folders=False)) for one in given.get("feed", [])]
    found += [("given.after", confined.case(one)) for one in given.get("after", [])]
    if given.get("session", "none") not in CREDENTIALS:
        unknown = f"given.session is the unknown credential class {given['session']!r}"
        raise _wrong(file, unknown, f"use one of {', '.join(CREDENTIALS)}")
    for name in given.get("public", []):
        known = [one.name for one in CLIENTS.values() if one.lock]
        if name not in known:
            cure = f"use one of {', '.join(known)}"
            raise _wrong(file, f"given.public names {name!r}, which has no environment", cure)
    found += [("given.hosts", confined.host(one)) for one in given.get("hosts", [])]
    found += [("given.project", confined.case(given["project"]))] if "project" in given else []
    if (what := given.get("identity", "none")) not in CREDENTIALS:
        raise _wrong(file, f"unknown credential class {what!r}", f"use one of {', '.join(CREDENTIALS)}")
    for name, value in given.get("variables", {}).items():
        found.append(("given.variables", confined.variable(name)))
        found.append(("given.variables", confined.template(name, value, CREDENTIALS)))
    found += [("credential", confined.variable(one)) for one in credential if VARIABLE.fullmatch(one)]
    for key, problem in found:
        if problem:
            raise _wrong(file, f"{key} {problem[0]}", problem[1])


def classes(data: dict) -> list[str]:
    """Return the class of each credential of a case's tables `credential` and `given`, in order."""
    variables = data.get("given", {}).get("variables", {})
    inside = [name for value in variables.values() for name in re.findall(r"\{([a-z-]+)\}", value)]
    return [*data.get("credential", {}).values(), *inside]


def _check_precedence(file: Path, data: dict, texts: list[str]) -> None:
    """Check that a case says which credential wins exactly if it has one valid and one invalid credential.

    With two feeds, each has its own: neither has to win.
    """
    given, said = classes(data), data.get("precedence")
    feeds = {found for text in texts for found in re.findall(r"[^/\s]+/_packaging/[^/\s]+/", text)}
    tries = len(given) == 2 and (given[0] in CLOSED) != (given[1] in CLOSED) and "checked" not in data
    tries = tries and len(feeds) < 2
    if tries != bool(said):
        what = (
            "has two credentials, one of which opens the feed" if tries else "sets no two credentials apart"
        )
        cure = "say under [precedence] which one wins" if tries else "take [precedence] out"
        raise _wrong(file, what, cure)
    if said:
        refused = {"401", "403"} & set(data.get("result", {}).get("refused", []))
        opened = data.get("exit", 0) == 0 and not file.parent.name.startswith("fail") and not refused
        if said["class"] not in given or (said["class"] in CLOSED) == opened:
            cure = "name the class of the credential that decided how the case ends"
            raise _wrong(file, f"precedence.class is {said['class']!r}", cure)
