"""A reader's computer in one run: home, project folder, programs, credentials.

Nothing of the machine reaches it: the environment starts empty, the home is new, each token is made
for this run and known to the recording only by its class.
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
from pathlib import Path
from urllib.parse import unquote

from handbook.cases import names
from handbook.cases.case import Case
from handbook.feed.packages import from_filename
from handbook.feed.relay import Relay
from handbook.runner import programs, system

# Where the provider keeps session tokens on Linux and macOS (microsoft/artifacts-credprovider, its README).
SESSIONS = ".local/share/MicrosoftCredentialProvider/SessionTokenCache.dat"
FEED_ADDRESS = re.compile(
    r"https://(?:[^/@\s\"]*@)?(pkgs\.dev\.azure\.com/[^\s\"']+?/pypi/)(?:simple|upload)"
)
TOKEN_LENGTH = 84  # as long as a personal access token


@dataclass
class Sandbox:
    """One reader's computer: home, project folder, programs, credentials. Several cases may share it."""

    root: Path
    relay: Relay
    folder: Path
    cases: list[Case]

    def __post_init__(self) -> None:
        self.home = self.folder / "home"
        self.project = self.home / "project"
        self.temporary = self.folder / "tmp"
        for path in (self.project, self.temporary):
            path.mkdir(parents=True)
        public = {one for case in self.cases for one in case.given.get("public", [])}
        self.clients = sorted({case.client for case in self.cases} - (public - {"pip"}))
        self.secrets: dict[str, str] = {}
        self.words: dict[str, str] = {}
        self.variables: dict[str, str] = {}
        self.typed = ""
        for case in self.cases:
            self._give_credentials(case)
        used = [
            *self.clients,
            *sorted({one for case in self.cases for one in case.given.get("programs", [])}),
        ]
        programs.put_on_path(self.root, used, self.folder / "bin")
        path = [str(self.folder / "bin"), *system.HERE.path()]
        if "pip" in self.clients:
            path.insert(0, str(programs.make_reader_environment(self.root, self.folder / "environment")))
        # Whatever is installed from the public index trusts the relay, as keyring does.
        trusting = ["keyring"] if public else []
        certificate = self.folder / "authority.pem"
        certificate.write_bytes(self.relay.certificate)
        self.environment = {
            **system.HERE.home_variables(self.home, self.temporary),
            "PATH": os.pathsep.join(path),
            **programs.harness_variables([*used, *trusting], self.relay.url, certificate),
        }

    @property
    def programs(self) -> list[tuple[Path, str]]:
        """The folders that hold programs here, each with the one in which a reader has them."""
        return [(self.folder / "bin", "/home/az/.local/bin"), (self.root / ".envs", "/opt")]

    def sign_in(self, case: Case) -> None:
        """Leave behind what a sign-in with Microsoft's provider leaves: its file of session tokens.

        It has each feed address of the case, with its slash and without; the provider looks for it unquoted.
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
        """Make a fresh token for each credential of a case; a placeholder word stands for itself."""
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

    def _token(self, what: str) -> str:
        """Return this run's token of a credential class."""
        for token, meaning in self.secrets.items():
            if meaning == what:
                return token
        token = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(TOKEN_LENGTH))
        self.secrets[token] = what
        return token

    def lay_out(self, case: Case) -> None:
        """Put the case's files where a reader on this system puts them."""
        here = system.HERE
        for name in case.files:
            target = here.placed(case.place[name][here.name], self.home, self.project)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(case.folder / name, target)

    def provide(self, case: Case) -> None:
        """Put the distributions that the case takes for granted where it says, in the project folder."""
        for place in case.given.get("dist", []):
            target = self.project / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(from_filename(target.name).content)

    def written(self, output: str) -> list[str]:
        """Return where a token of this run stands: "output", or files below home such as "~/.netrc"."""
        marks = [
            form
            for token in self.secrets
            for form in (token, base64.b64encode(f"{names.USER}:{token}".encode()).decode())
        ]
        found = ["output"] if any(mark in output for mark in marks) else []
        for path in sorted(self.home.rglob("*")):
            if path.is_file() and not path.is_symlink():
                content = path.read_bytes()
                if any(mark.encode() in content for mark in marks):
                    found.append(f"~/{path.relative_to(self.home).as_posix()}")
        return found
