"""A reader's computer in one run: home, project folder, programs, credentials.

It is isolated from the machine's settings: the environment starts empty, the home is new, and each token is
created for this run. The recording knows a token only by its class.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import string
from dataclasses import dataclass
from pathlib import Path, PurePath
from urllib.parse import unquote

from handbook.cases import names
from handbook.cases.case import Case, find, load
from handbook.feed.packages import from_filename
from handbook.feed.relay import Relay
from handbook.runner import host, normalise, programs
from handbook.runner import system as systems
from handbook.runner.wall import Wall

# The file in which the provider keeps session tokens on Linux and macOS (microsoft/artifacts-credprovider,
# its README).
SESSIONS = ".local/share/MicrosoftCredentialProvider/SessionTokenCache.dat"
FEED_ADDRESS = re.compile(
    r"https://(?:[^/@\s\"]*@)?(pkgs\.dev\.azure\.com/[^\s\"']+?/pypi/)(?:simple|upload)"
)
TOKEN_LENGTH = 84  # the length of a personal access token


@dataclass
class Sandbox:
    """One reader's computer: home, project folder, programs, credentials. Several cases can share it."""

    root: Path
    relay: Relay
    folder: Path
    cases: list[Case]
    system: systems.System = systems.HERE

    def __post_init__(self) -> None:
        self.fault = ""  # why the result of a run cannot be used
        self.bash = ""  # what bash executes before the commands
        self.programs = {self.folder / "bin": normalise.PROGRAMS, self.root / ".envs": normalise.TOOLS}
        self._make_folders()
        self.project.mkdir(parents=True)
        self.public = {one for case in self.cases for one in case.given.get("public", [])}
        self.clients = sorted({case.client for case in self.cases} - (self.public - {"pip"}))
        self.secrets: dict[str, str] = {}
        self.words: dict[str, str] = {}
        self.variables: dict[str, str] = {}
        self.typed = ""
        self.identity = ""
        for case in self.cases:
            self._give_credentials(case)
        used = [
            *self.clients,
            *sorted({one for case in self.cases for one in case.given.get("programs", [])}),
        ]
        self.environment = self._environment(used)

    def _make_folders(self) -> None:
        """Set the folders of a run, and create those outside the home."""
        self.home = self.folder / "home"
        self.project = self.home / "project"
        self.temporary = self.folder / "tmp"
        self.packages = self.folder / "environment"  # the virtual environment of a pip page's reader
        self.temporary.mkdir(parents=True)

    def _environment(self, used: list[str]) -> dict[str, str]:
        """Put the programs in place; return the variables that every run gets."""
        programs.put_on_path(self.root, used, self.folder / "bin")
        if self.identity:
            programs.put_az(self.folder / "bin", self.identity)
        path = [str(self.folder / "bin"), *host.HERE.path()]
        if "pip" in self.clients:
            path.insert(0, str(programs.make_reader_environment(self.root, self.packages)))
        # Tools installed from PyPI trust the relay's certificate through the same variables as keyring.
        trusting = ["keyring"] if self.public else []
        certificate = self.folder / "authority.pem"
        certificate.write_bytes(self.relay.certificate)
        return {
            **self.system.home_variables(self.home, self.temporary),
            "PATH": os.pathsep.join(path),
            **programs.harness_variables(
                [*used, *trusting], self.relay.url, str(certificate), self.system.name
            ),
        }

    def begin(self, wall: Wall) -> None:
        """Start the processes that must run before the commands."""

    def end(self, wall: Wall) -> None:
        """End all processes that the commands have started."""
        wall.tidy()

    def sign_in(self, case: Case) -> None:
        """Write what a sign-in with Microsoft's provider leaves behind: its file of session tokens.

        It lists each feed URL of the case, with and without a trailing slash; the provider looks it up
        unquoted.
        """
        texts = [case.commands, *(case.text(name) for name in case.files)]
        bases = {f"https://{one}" for text in texts for one in FEED_ADDRESS.findall(text)}
        addresses = [
            one + rest
            for base in sorted(bases)
            for one in (base, unquote(base))
            for rest in ("simple/", "simple", "upload/", "upload")
        ]
        target = self.home / SESSIONS
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(
            json.dumps(dict.fromkeys(addresses, self._token(case.given["session"]))), encoding="utf-8"
        )

    def _give_credentials(self, case: Case) -> None:
        """Create a fresh token for each credential of a case; a placeholder word is used as its own token."""
        for where, what in case.credential.items():
            if where == "stdin":
                self.typed += self._token(what) + "\n"
            elif re.fullmatch(r"[A-Z][A-Z0-9_]*", where):
                self.variables[where] = self._token(what)
            else:
                self.words[where] = what
        for name, template in case.given.get("variables", {}).items():
            filled = re.sub(r"\{([a-z-]+)\}", lambda found: self._token(found[1]), template)
            self.variables[name] = filled
        if "session" in case.given:
            self.sign_in(case)
        if what := case.given.get("identity"):
            self.identity = self._token(what)

    def _token(self, what: str) -> str:
        """Return this run's token of a credential class, creating it on first use."""
        for token, meaning in self.secrets.items():
            if meaning == what:
                return token
        token = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(TOKEN_LENGTH))
        self.secrets[token] = what
        return token

    def lay_out(self, case: Case) -> None:
        """Copy the case's files to the paths that a reader on this system uses."""
        for name in case.files:
            place = case.place[name][self.system.place]
            target = self.system.placed(place, self.home, self.project)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(case.saved_as(name))

    def provide(self, case: Case) -> None:
        """Put the case's given distributions and the files of its given project into the project folder."""
        for place in case.given.get("dist", []):
            target = self.project / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(from_filename(target.name).content)
        if name := case.given.get("project"):
            source = find(self.root, name)
            for file in load(source).files:
                target = self.project / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source / file, target)

    def shown(self) -> tuple[PurePath, PurePath]:
        """Return the home and the temporary folder under the names that the programs use."""
        return self.home, self.temporary

    def as_printed(self, text: str) -> str:
        """Return an output as the reader sees it, with a placeholder for this machine's home."""
        return text.replace(str(self.home), normalise.HOME)

    def marks(self) -> list[str]:
        """Return the forms in which a token of this run can appear: plain, and in Basic authentication."""
        return [
            form
            for token in self.secrets
            for form in (token, base64.b64encode(f"{names.USER}:{token}".encode()).decode())
        ]

    def written(self, output: str) -> list[str]:
        """Return where a token of this run is found: "output", or files below home such as "~/.netrc"."""
        marks = self.marks()
        found = ["output"] if any(mark in output for mark in marks) else []
        for path in sorted(self.home.rglob("*")):
            if path.is_file() and not path.is_symlink():
                content = path.read_bytes()
                if any(mark.encode() in content for mark in marks):
                    found.append(f"~/{path.relative_to(self.home).as_posix()}")
        return found
