"""A company's own handbook: its organization, project and feed from one settings file, and its pages.

`company/handbook.toml` contains the names; an environment variable (`HANDBOOK_FEED`) overrides the line for
its name. The folder `company` belongs to the fork: no other file of the handbook is in it. Title, logo,
address and contact are set in conf.py. guides/company.md explains how.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from handbook.cases import names
from handbook.site import metadata
from handbook.site.look import page_foot

FOLDER = "company"
FILE = f"{FOLDER}/handbook.toml"
SWITCH = "HANDBOOK_COMPANY"  # "off": build the original site, which the tests read
NAMES = tuple(kind.lower() for kind in names.EXAMPLES)
# Settings of earlier handbooks -> the line of conf.py that replaced each.
MOVED = {
    "title": "project",
    "logo": "html_logo",
    "logo_dark": "light_logo and dark_logo in html_theme_options",
    "contact": "contact in html_context",
    "url": "html_baseurl",
    "repository": "repository in html_context",
    "edit": "edit in html_context",
    "report": "report in html_context",
}
VARIABLES_MOVED = {
    key: place for key, place in MOVED.items() if key != "url"
}  # HANDBOOK_URL: conf.py reads it
TOCTREE = "```{{toctree}}\n:hidden:\n:caption: In our company\n\n{pages}\n```\n\n"


class CompanyError(ValueError):
    """A setting that cannot be used; the message is one line that says where it is and what is allowed."""


@dataclass(frozen=True)
class Company:
    """Organization, project and feed (the original's if not set), and the company's own pages."""

    names: tuple[str, ...] = tuple(names.EXAMPLES.values())
    pages: tuple[str, ...] = ()


def read(root: Path, environment: Mapping[str, str]) -> Company:
    """Return the settings of a checkout, or raise CompanyError."""
    for key, place in VARIABLES_MOVED.items():
        if environment.get(f"HANDBOOK_{key.upper()}"):
            raise CompanyError(
                f"HANDBOOK_{key.upper()} is no longer a setting: set {place} in conf.py, and unset it"
            )
    given = settings(root / FILE)
    where = {key: f"{FILE}: {key}" for key in given}
    variables = {key: environment.get(f"HANDBOOK_{key.upper()}") for key in NAMES}
    # A CI host passes on an unset variable as an empty one. Only the project may be empty, and only if the
    # others are set.
    if any(variables.values()):
        given = {key: value for key, value in variables.items() if value is not None}
        where = {key: f"HANDBOOK_{key.upper()}" for key in given}
    return Company(three(given, where), own_pages(root))


def settings(file: Path) -> dict[str, str]:
    """Return the settings in the file; empty if there is no file."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CompanyError(
            f'{FILE}: is not TOML ({error}): write lines such as organization = "fabrikam"'
        ) from None
    for key, value in found.items():
        if key in MOVED:
            raise CompanyError(
                f"{FILE}: {key} is no longer a setting: set {MOVED[key]} in conf.py, and delete this line"
            )
        if key not in NAMES:
            raise CompanyError(f"{FILE}: there is no setting {key!r}: use {', '.join(NAMES)}")
        if not isinstance(value, str):
            raise CompanyError(f"{FILE}: {key} is not text: put it in quotes")
    return found


def three(given: dict[str, str], where: dict[str, str]) -> tuple[str, ...]:
    """Return organization, project and feed: all as given, or, if none is given, the examples."""
    here = [key for key in NAMES if key in given]
    if not here:
        return tuple(names.EXAMPLES.values())
    for key in NAMES:
        if key not in given:
            raise CompanyError(
                f"{where[here[0]]} is set and {key} is not: set organization, project and feed, "
                "the project empty if the feed is the organization's"
            )
    try:
        return tuple(names.validated(key.upper(), given[key], where[key]) for key in NAMES)
    except names.NamesError as error:
        raise CompanyError(str(error)) from None


def own_pages(root: Path) -> tuple[str, ...]:
    """Return the names of the company's pages, `index` first; there may be none."""
    pages = sorted(page.stem for page in (root / FOLDER).glob("*.md"))
    if pages and "index" not in pages:
        raise CompanyError(
            f"{FOLDER}/{pages[0]}.md: its folder has no index.md: add it, because the navigation starts there"
        )
    return tuple(sorted(pages, key=lambda page: page != "index"))


def configure(app: Sphinx, config: Config) -> None:
    """Pass the names to `name_marks`, or stop with one line; without a company, reset what a fork has set."""
    if os.environ.get(SWITCH) == "off":
        config.exclude_patterns.append(FOLDER)
        config.html_baseurl = ""
        config.html_context.update(dict.fromkeys(page_foot.SETTINGS, ""))
        return
    try:
        company = read(Path(app.srcdir), os.environ)
    except CompanyError as error:
        raise SystemExit(str(error)) from None  # any other exception prints a traceback
    config.handbook_names = company.names
    config.handbook_company = company.pages


def front_door(app: Sphinx, page: str, source: list[str]) -> None:
    """Give the first page the site's title, and the company's pages a section in the navigation."""
    if page != app.config.root_doc:
        return
    source[0] = re.sub(r"^# .+", lambda _: f"# {app.config.project}", source[0], count=1, flags=re.MULTILINE)
    if app.config.handbook_company:
        section = TOCTREE.format(pages="\n".join(f"{FOLDER}/{page}" for page in app.config.handbook_company))
        source[0] = source[0].replace("```{toctree}", f"{section}```{{toctree}}", 1)


def setup(app: Sphinx) -> dict:
    """Register the config value and the events."""
    app.setup_extension("handbook.site.look.name_marks")
    app.setup_extension("handbook.site.look.page_foot")
    app.add_config_value("handbook_company", (), "env", (tuple,), "The names of the company's pages.")
    app.connect("config-inited", configure, priority=100)
    app.connect("source-read", front_door)
    return metadata()
