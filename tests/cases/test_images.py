"""Build container images with buildah and search them for the token, which must be in no layer or setting.

The base image is a substitute: a shell, and a pip that only looks for the secret. Nothing is downloaded.
"""

from __future__ import annotations

import gzip
import json
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from handbook.cases.entry import load
from tests.conftest import ROOT

PROGRAMS = ("buildah", "busybox")
INSTALL = "apt-get install buildah busybox-static"
BASE = "docker.io/library/python:3.13-slim"
# Replaces pip; fails unless the secret is present, as a file or as a variable.
PIP = """#!/bin/sh
grep -q "$(cat /expected)" "$HOME/.netrc" 2>/dev/null || [ "${AZURE_ARTIFACTS_TOKEN:-}" = "$(cat /expected)" ]
"""
pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, PROGRAMS)), reason=f"no image was built: buildah is missing: {INSTALL}"
)


@dataclass
class Builder:
    """A buildah with its own images and settings, below one folder."""

    folder: Path
    token: str

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run buildah with these arguments."""
        own = [
            "--storage-driver",
            "vfs",
            "--root",
            f"{self.folder}/images",
            "--runroot",
            f"{self.folder}/run",
        ]
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "BUILDAH_ISOLATION": "chroot",
            "TMPDIR": str(self.folder),
            "AZURE_ARTIFACTS_TOKEN": self.token,
        }
        done = subprocess.run(
            ["buildah", *own, *arguments], env=variables, capture_output=True, text=True, check=False
        )
        assert not check or done.returncode == 0, done.stderr
        return done

    def build(self, context: Path, *options: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Build the image of a folder."""
        policy = f"--signature-policy={self.folder}/policy.json"
        return self.run("build", "--pull-never", policy, *options, "--tag", "app", str(context), check=check)

    def found(self) -> set[str]:
        """Return where the built image contains the token: "layer", "settings" (history and variables)."""
        target = self.folder / "image"
        shutil.rmtree(target, ignore_errors=True)
        self.run("push", f"--signature-policy={self.folder}/policy.json", "app", f"dir:{target}")
        layers = {one["digest"][7:] for one in json.loads((target / "manifest.json").read_text())["layers"]}
        assert layers
        where = set()
        for path in target.iterdir():
            content = path.read_bytes()
            content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
            if self.token.encode() in content:
                where.add("layer" if path.name in layers else "settings")
        return where


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    """Provide buildah with the substitute for Python's image."""
    made = Builder(tmp_path, secrets.token_hex(20))
    (tmp_path / "policy.json").write_text('{"default": [{"type": "insecureAcceptAnything"}]}')
    base = tmp_path / "base"
    (base / "bin").mkdir(parents=True)
    shutil.copy(shutil.which("busybox"), base / "bin/busybox")
    for name in ("sh", "cat", "grep", "rm", "["):
        (base / "bin" / name).symlink_to("busybox")
    (base / "bin/pip").write_text(PIP)
    (base / "bin/pip").chmod(0o755)
    (base / "Dockerfile").write_text("FROM scratch\nCOPY bin /bin/\nENV PATH=/bin HOME=/root\n")
    made.build(base)
    made.run("tag", "app", BASE)
    return made


def context(builder: Builder, case: str) -> Path:
    """Return a copy of a case's folder that also tells the substitute pip which token to expect."""
    target = builder.folder / "context"
    shutil.copytree(ROOT / "snippets" / case, target)
    file = target / "Dockerfile"
    # The expected token is mounted, not copied, so that the test itself does not put it into the image.
    text = file.read_text().replace("RUN ", "RUN --mount=type=secret,id=expected,target=/expected ", 1)
    file.write_text(text)
    (builder.folder / "expected").write_text(builder.token)
    return target


def test_a_secret_file_leaves_no_trace(builder: Builder) -> None:
    """The printed Dockerfile with a secret file builds, and the image does not contain the token anywhere."""
    (builder.folder / "netrc").write_text(f"machine pkgs.dev.azure.com\nlogin az\npassword {builder.token}\n")
    folder = context(builder, "pip/install-docker-netrc")
    given = [f"--secret=id=expected,src={builder.folder}/expected"]
    assert builder.build(folder, *given, check=False).returncode != 0  # without the secret, the install fails
    builder.build(folder, *given, f"--secret=id=netrc,src={builder.folder}/netrc")
    assert builder.found() == set()


def test_a_secret_variable_leaves_no_trace_or_is_refused(builder: Builder) -> None:
    """The printed Dockerfile with a secret variable leaves no trace or gets the entry's message."""
    folder = context(builder, "pip/install-docker")
    given = [f"--secret=id=expected,src={builder.folder}/expected"]
    done = builder.build(folder, *given, "--secret=id=feed,env=AZURE_ARTIFACTS_TOKEN", check=False)
    if done.returncode == 0:
        assert builder.found() == set()
    else:
        message = load(ROOT / "guides" / "errors" / "docker" / "secret-syntax.toml").message.strip()
        assert message in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ("ARG AZURE_ARTIFACTS_TOKEN\nRUN true\n", {"settings"}),
        (
            "ARG AZURE_ARTIFACTS_TOKEN\nENV PIP_INDEX_URL=https://az:$AZURE_ARTIFACTS_TOKEN@localhost/\n",
            {"settings"},
        ),
        ("COPY pip.conf /etc/pip.conf\nRUN rm /etc/pip.conf\n", {"layer"}),
        ("COPY . .\n", {"layer"}),
    ],
    ids=["argument", "variable", "removed-file", "whole-folder"],
)
def test_what_leaks_is_found(builder: Builder, lines: str, where: set[str]) -> None:
    """A token in an argument, a variable, a removed file or a copied folder is found in the image."""
    folder = builder.folder / "context"
    folder.mkdir()
    (folder / "Dockerfile").write_text(f"FROM {BASE}\n{lines.replace('true', 'cat /dev/null')}")
    (folder / "pip.conf").write_text(f"[global]\nindex-url = https://az:{builder.token}@localhost/\n")
    builder.build(folder, f"--build-arg=AZURE_ARTIFACTS_TOKEN={builder.token}", "--layers")
    assert builder.found() == where
