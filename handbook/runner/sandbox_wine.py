"""A Windows reader's sandbox under Wine: its folders, its programs, and the places of a token."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import PurePath, PureWindowsPath

from handbook.runner import programs, wine
from handbook.runner import system as systems
from handbook.runner.sandbox import Sandbox
from handbook.runner.wall import Wall

CREDENTIAL_MANAGER = "Credential Manager: "  # followed by the name of the entry
REGISTRY = "registry"
# bash finds a program that a case has installed without its extension on Windows.
FIND_EXE = """command_not_found_handle() {{
  local folder IFS=:
  for folder in $PATH; do
    if [ -f "$folder/$1.exe" ]; then
      "{wrapper}" "$@"
      return
    fi
  done
  echo "bash: $1: command not found" >&2
  return 127
}}
"""
READER = r"C:\Users\Ada Z"  # the reader's home in a text that is pasted into the box


@dataclass
class WineSandbox(Sandbox):
    """One Windows reader's computer; `system` is Wine."""

    system: systems.System = systems.WINE

    def _make_folders(self) -> None:
        self.prefix = self.folder / "prefix"
        wine.make_prefix(self.root, self.prefix)
        self.home = wine.home(self.prefix)
        self.project = self.home / "project"
        self.temporary = self.home / "AppData" / "Local" / "Temp"
        self.packages = self.prefix / "drive_c" / "environment"
        self.session: wine.Session | None = None
        self.stores: list[dict[str, str]] = []

    def _environment(self, used: list[str]) -> dict[str, str]:
        wine.put_on_path(self.root, [one for one in used if one != "bash"], self.prefix, self.folder / "bin")
        self.bash = FIND_EXE.format(wrapper=self.folder / "wrapper.sh")
        if "pip" in self.clients:
            wine.make_reader_environment(self.root, self.prefix)
        if self.identity:
            programs.put_az(self.folder / "bin", self.identity)
        certificate = self.prefix / "drive_c" / "authority.pem"
        certificate.write_bytes(self.relay.certificate)
        shown = wine.inside(self.prefix, certificate)
        # curl, which gets a token, is bash's own, and SSL_CERT_FILE is a Windows path here.
        of_bash = {"CURL_CA_BUNDLE": str(certificate)} if self.identity else {}
        return {
            **wine.variables(self.prefix),
            "PATH": os.pathsep.join([str(self.folder / "bin"), "/usr/bin", "/bin"]),
            **programs.harness_variables(used, self.relay.url, shown, self.system.name),
            **of_bash,
        }

    def begin(self, wall: Wall) -> None:
        """Start Wine's server behind the wall, before anything else."""
        self.session = wine.Session(wall, self.prefix, self.environment)
        self.session.begin()

    def end(self, wall: Wall) -> None:
        """End the server; keep the entries that the Credential Manager then contains."""
        try:
            self.session.end()
            self.stores, self.fault = self.session.stores, self.session.fault
        finally:
            wall.tidy()

    def shown(self) -> tuple[PurePath, PurePath]:
        """Return the home and the temporary folder under the names that Windows programs use."""
        home, temporary = (wine.inside(self.prefix, one) for one in (self.home, self.temporary))
        return PureWindowsPath(home), PureWindowsPath(temporary)

    def as_printed(self, text: str) -> str:
        """Return an output as the reader sees it, in a home whose name contains a space."""
        home = wine.inside(self.prefix, self.home)
        for one, other in ((home, READER), (home.replace("\\", "/"), READER.replace("\\", "/"))):
            text = text.replace(one, other)
            text = text.replace(one.replace("\\", "\\\\"), other.replace("\\", "\\\\"))
        return text.replace("\n", "\r\n")

    def written(self, output: str) -> list[str]:
        """Return where a token of this run is found, including the Credential Manager and the registry."""
        found, marks = super().written(output), self.marks()
        for one in self.stores:
            secret = bytes.fromhex(one["secret"])
            texts = [secret.decode(encoding, "replace") for encoding in ("utf-8", "utf-16-le")]
            if any(mark in text for mark in marks for text in texts):
                found.append(f"{CREDENTIAL_MANAGER}{one['target']}")
        for name in wine.REGISTRY:
            text = (self.prefix / name).read_text(encoding="latin-1")
            if any(mark in text for mark in marks) and REGISTRY not in found:
                found.append(REGISTRY)
        return found
