"""A company's own handbook: its names, title, logo, contact and pages, from one settings file.

`company/handbook.toml` holds the values; an environment variable (`HANDBOOK_FEED`) overrides the line of its
name. The folder `company` is the fork's: nothing else of the handbook lies there. guides/company.md explains.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from handbook.cases import names
from handbook.site import metadata
from handbook.site.look.page_foot import LINKS, PAGE
from handbook.site.tables.table import Code, MadeTable, Rows

FOLDER = "company"
FILE = f"{FOLDER}/handbook.toml"
SWITCH = "HANDBOOK_COMPANY"  # "off": the site as in the original, which is what the tests read
NAMES = tuple(kind.lower() for kind in names.EXAMPLES)
LOGOS = (".svg", ".png", ".jpg", ".jpeg", ".webp")
TITLE = re.compile(r"[^\W\d_][\w .,:;()/+'–-]{0,79}")
LINK = re.compile(r"https://[^\s<>\"'\\]+|mailto:[^\s<>\"'\\@]+@[^\s<>\"'\\@]+")
URL = re.compile(r"https://[\w.-]+(:\d+)?/((?!\.{1,2}/)([\w.~-]|%[\da-f]{2})+/)*", re.ASCII | re.IGNORECASE)
TEXT = re.compile(r"(?![a-z][a-z\d+.-]*:\S)[^<>\n]{1,120}", re.IGNORECASE)  # what is no address of any scheme
WORDS = re.compile(r"[\w-]+")
TROUBLE = "guides/errors/"  # on these pages the contact stands at the end of the text, too
TOCTREE = "```{{toctree}}\n:hidden:\n:caption: In our company\n\n{pages}\n```\n\n"


class CompanyError(ValueError):
    """A setting that cannot be used; the message is one line that says where it is and what is allowed."""


@dataclass(frozen=True)
class Company:
    """What a company has set; empty means as in the original; `pages` are its own, the first one first."""

    names: tuple[str, ...] = tuple(names.EXAMPLES.values())
    title: str = ""
    logo: str = ""
    logo_dark: str = ""
    contact: str = ""
    url: str = ""
    repository: str = ""
    edit: str = ""
    report: str = ""
    pages: tuple[str, ...] = ()


PICTURE = f"the path of a file in the checkout that ends in {' '.join(LOGOS)}"
ALLOWED = {  # each setting, with what it may be
    **{kind.lower(): rule for kind, (_, rule) in names.ALLOWED.items()},
    "title": "letters, digits, spaces, hyphens, brackets, apostrophes and . , : ; / +, "
    "at most 80, a letter first",
    "logo": PICTURE,
    "logo_dark": PICTURE,
    "contact": "an address that begins with https:// or mailto:, or one line of text, at most 120 characters",
    "url": "an address that begins with https:// and ends with a slash, without a query",
    "repository": "an address that begins with https://",
    "edit": f"an address that begins with https:// and holds {PAGE}",
    "report": f"an address that begins with https:// or mailto:; {PAGE} in it is the page",
}
MEANS = {
    "organization": "the three names, on every page",
    "project": "empty for a feed of the organization",
    "feed": "may name a view, which publishing leaves out",
    "title": "of the site, and of the first page",
    "logo": "above the navigation",
    "logo_dark": "the logo of the dark colour scheme",
    "contact": "below every page, and at the end of each page about errors",
    "url": "where the site is published: for its sitemap, for search engines and for previews of links",
    "repository": "of the site's source: below every page",
    "edit": f"where a page is edited, {PAGE} in place of its path, such as guides/names.md: below every page",
    "report": "where a mistake is reported: below every page",
}


def read(root: Path, environment: Mapping[str, str]) -> Company:
    """Return the settings of a checkout, or raise CompanyError."""
    given = settings(root / FILE)
    places = dict.fromkeys(given, FILE)
    variables = {key: environment.get(f"HANDBOOK_{key.upper()}") for key in ALLOWED}
    # A host hands on a variable that nobody has set as an empty one. Of the three names only a project may
    # be empty, and only beside the others.
    if not (variables["organization"] or variables["project"] or variables["feed"]):
        variables |= dict.fromkeys(NAMES)
    else:
        given = {key: value for key, value in given.items() if key not in NAMES}
    for key, value in variables.items():
        if value or value is not None and key in NAMES:
            given[key], places[key] = value, f"HANDBOOK_{key.upper()}"
    where = {key: place if place != FILE else f"{FILE}: {key}" for key, place in places.items()}
    checked = {key: check(root, key, value, where[key]) for key, value in given.items() if key not in NAMES}
    return Company(three(given, where), **checked, pages=own_pages(root))


def settings(file: Path) -> dict[str, str]:
    """Return what the file says, nothing when there is none."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CompanyError(
            f'{FILE}: is not TOML ({error}): write lines such as title = "Our feeds"'
        ) from None
    for key, value in found.items():
        if key not in ALLOWED:
            raise CompanyError(f"{FILE}: there is no setting {key!r}: use {', '.join(ALLOWED)}")
        if not isinstance(value, str):
            raise CompanyError(f"{FILE}: {key} is no text: put it in quotes")
    return found


def three(given: dict[str, str], where: dict[str, str]) -> tuple[str, ...]:
    """Return organization, project and feed: all given, or none and the examples."""
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


def check(root: Path, key: str, value: str, place: str) -> str:
    """Return the value of any other setting when it can be used."""
    if not value:
        return value
    if key == "title":
        fits = TITLE.fullmatch(value)
    elif key in LINKS:
        fits = LINK.fullmatch(value) and (key == "report" or value.startswith("https:"))
        fits = fits and (key != "edit" or PAGE in value)
        forbid_credentials(value, place, key)
    elif key == "contact":
        fits = (LINK.fullmatch(value) or TEXT.fullmatch(value)) and value.isprintable()
        forbid_credentials(value, place, key)
    elif key == "url":
        fits = URL.fullmatch(value)
    else:
        file = (root / value).resolve()
        fits = value.lower().endswith(LOGOS) and file.is_file() and file.is_relative_to(root.resolve())
    if not fits:
        wrong = "is not allowed" if key not in ("logo", "logo_dark") else "is no picture that exists"
        raise CompanyError(f"{place}: {value!r} {wrong}: use {ALLOWED[key]}")
    return value


def forbid_credentials(value: str, place: str, key: str) -> None:
    """Refuse a user or password before an address's host, and what looks like a token."""
    if re.match(r"https://[^/?#]*@", value) or any(
        names.TOKEN.fullmatch(one) for one in WORDS.findall(value)
    ):
        raise CompanyError(f"{place}: it holds a credential, which no page needs: use {ALLOWED[key]}")


def own_pages(root: Path) -> tuple[str, ...]:
    """Return the names of the company's pages; there may be none, or one is the first."""
    pages = sorted(page.stem for page in (root / FOLDER).glob("*.md"))
    if pages and "index" not in pages:
        raise CompanyError(
            f"{FOLDER}/{pages[0]}.md: its folder has no index.md: add one, the navigation begins there"
        )
    return tuple(sorted(pages, key=lambda page: page != "index"))


def configure(app: Sphinx, config: Config) -> None:
    """Put the settings where Sphinx, furo and `name_marks` look for them, or stop with one line."""
    if os.environ.get(SWITCH) == "off":
        config.exclude_patterns.append(FOLDER)
        return
    try:
        company = read(Path(app.srcdir), os.environ)
    except CompanyError as error:
        raise SystemExit(str(error)) from None  # any other error is printed with a traceback
    config.handbook_names = company.names
    config.handbook_company = (company.title, company.contact, company.pages)
    config.html_context["contact"] = spoken(company.contact)
    config.html_context.update({link: getattr(company, link) for link in LINKS})
    if company.url:
        config.html_baseurl = company.url
        config.notfound_urls_prefix = urlsplit(company.url).path
        app.setup_extension("sphinx_sitemap")  # it complains where the site has no address
        config.sitemap_url_scheme, config.sitemap_excludes = "{link}", ["search.html", "404.html"]
    if company.title:
        config.project = config.html_title = config.html_short_title = company.title
    if company.logo_dark and company.logo:
        config.html_static_path += [company.logo, company.logo_dark]
        config.html_theme_options["light_logo"] = Path(company.logo).name
        config.html_theme_options["dark_logo"] = Path(company.logo_dark).name
    else:
        config.html_logo = company.logo or company.logo_dark or None


def spoken(contact: str) -> tuple[str, str] | None:
    """Return the words of a contact and its address, "" when it is text; None without a contact."""
    if not contact:
        return None
    return (re.sub("^(https://|mailto:)", "", contact), contact) if LINK.fullmatch(contact) else (contact, "")


def front_door(app: Sphinx, page: str, source: list[str]) -> None:
    """Give the first page the company's title, and the navigation its pages as a section of their own."""
    if page != app.config.root_doc:
        return
    title, _, pages = app.config.handbook_company
    if title:
        source[0] = re.sub(r"^# .+", f"# {title}", source[0], count=1, flags=re.MULTILINE)
    if pages:
        section = TOCTREE.format(pages="\n".join(f"{FOLDER}/{page}" for page in pages))
        source[0] = source[0].replace("```{toctree}", f"{section}```{{toctree}}", 1)


def offer_help(app: Sphinx, document: nodes.document) -> None:
    """Say at the end of a page about errors whom to ask."""
    contact = spoken(app.config.handbook_company[1])
    if not contact or not app.env.docname.startswith(TROUBLE):
        return
    words, address = contact
    who = nodes.reference("", words, refuri=address, internal=False) if address else nodes.Text(words)
    document.next_node(nodes.section).append(
        nodes.paragraph("", "Nothing here fits? Ask: ", who, nodes.Text("."), classes=["contact"])
    )


class SettingsTable(MadeTable):
    """Print the settings of the file, each with its variable and what is allowed."""

    head = ("Line of the file", "Variable", "What it is", "Allowed")

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return one row for each setting."""
        return [
            ((Code(key),), (Code(f"HANDBOOK_{key.upper()}"),), (MEANS[key],), (allowed,))
            for key, allowed in ALLOWED.items()
        ]


def setup(app: Sphinx) -> dict:
    """Register the config value and the events."""
    app.setup_extension("handbook.site.look.name_marks")
    app.setup_extension("handbook.site.tables.table")
    app.add_directive("settings-table", SettingsTable)
    nothing = ("", "", ())
    app.add_config_value("handbook_company", nothing, "env", (tuple,), "Title, contact, pages.")
    app.connect("config-inited", configure, priority=100)
    app.connect("source-read", front_door)
    app.connect("doctree-read", offer_help, priority=700)  # below the proofs of the page
    return metadata()
