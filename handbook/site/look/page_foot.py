"""The foot and head of a page: its edit links, its last change, the contact and the preview in a chat.

Each link and the contact is a line of conf.py that a fork sets; without it, the page has no such link. The
last change is that of the page's source or of a case, an entry or a table on it, if git has the whole
history.
"""

import re
import subprocess
from pathlib import Path
from urllib.parse import quote, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from handbook.cases import names
from handbook.site import metadata
from handbook.site.domain.checkout import once_a_build

LINKS = ("repository", "edit", "report")  # in html_context
SETTINGS = ("contact", *LINKS)
PAGE = "{page}"  # a placeholder in these addresses: the path of the page's source
TROUBLE = "guides/errors/"  # on these pages the contact is also at the end of the text
WEB, MAIL = r"https://(?![^/?#]*@)[^\s<>\"'\\]+", r"mailto:[^\s<>\"'\\@]+@[^\s<>\"'\\@]+"
LINK = re.compile(f"{WEB}|{MAIL}")
TEXT = r"(?![a-z][a-z\d+.-]*:\S)[^<>\n]{1,120}"  # text without any URL scheme
CREDENTIAL = "without a user, a password or a token"
ALLOWED = {  # each line of conf.py, with its allowed values
    "contact": (
        f"(?i:{WEB}|{MAIL}|{TEXT})",
        f"an address that begins with https:// or mailto:, or one line of text, {CREDENTIAL}",
    ),
    "repository": (WEB, f"an address that begins with https://, {CREDENTIAL}"),
    "edit": (
        rf"(?=.*{re.escape(PAGE)}){WEB}",
        f"an address that begins with https:// and holds {PAGE}, {CREDENTIAL}",
    ),
    "report": (f"{WEB}|{MAIL}", f"an address that begins with https:// or mailto:, {CREDENTIAL}"),
    "html_baseurl": (
        r"(?i:https://[\w.-]+(:\d+)?/((?!\.{1,2}/)([\w.~-]|%[\da-f]{2})+/)*)",
        "an address that begins with https:// and ends with a slash, without a query",
    ),
}
PICTURES = (".png", ".jpg", ".jpeg", ".webp")  # formats that a chat can show


def configure(app: Sphinx, config: Config) -> None:
    """Check the settings in conf.py, or stop with one line; pass the site's address to the extensions."""
    values = {key: config.html_context.get(key, "") for key in SETTINGS} | {
        "html_baseurl": config.html_baseurl
    }
    for key, value in values.items():
        pattern, allowed = ALLOWED[key]
        token = any(names.TOKEN.fullmatch(one) for one in re.findall(r"[\w-]+", value))
        if value and (token or not value.isprintable() or not re.fullmatch(pattern, value)):
            shown = (
                "it holds a credential"
                if token or re.match("[a-z]+://[^/?#]*@", value)
                else f"{value!r} is not allowed"
            )
            place = key if key == "html_baseurl" else f'html_context["{key}"]'
            raise SystemExit(f"conf.py: {place}: {shown}: use {allowed}")
    config.html_context["contact"] = spoken(values["contact"])
    if config.html_baseurl:
        config.notfound_urls_prefix = urlsplit(config.html_baseurl).path
        app.setup_extension("sphinx_sitemap")  # it warns if the site has no address
        config.sitemap_url_scheme, config.sitemap_excludes = "{link}", ["search.html", "404.html"]


def spoken(contact: str) -> tuple[str, str] | None:
    """Return the text of a contact and its address ("" if it has none), or None without a contact."""
    if not contact:
        return None
    return (re.sub("^(https://|mailto:)", "", contact), contact) if LINK.fullmatch(contact) else (contact, "")


def offer_help(app: Sphinx, document: nodes.document, page: str) -> None:
    """Add a line with the contact to the end of a page about errors."""
    contact = app.config.html_context["contact"]
    if not contact or not page.startswith(TROUBLE):
        return
    words, address = contact
    who = nodes.reference("", words, refuri=address, internal=False) if address else nodes.Text(words)
    document.next_node(nodes.section).append(
        nodes.paragraph("", "Nothing here fits? Ask: ", who, nodes.Text("."), classes=["contact"])
    )


def git(root: Path, *arguments: str) -> str:
    """Return the output of git in a checkout, or "" if git fails."""
    command = ["git", "-c", "core.quotepath=off", *arguments]
    try:
        return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


@once_a_build
def changes(root: Path) -> dict[str, str]:
    """Return the day of each file's last commit; empty if the history is shallow or of another checkout."""
    if not (root / ".git").exists() or git(root, "rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    found: dict[str, str] = {}
    day = ""
    for line in git(root, "log", "--format=%x00%cs", "--name-only").splitlines():
        if line.startswith("\0"):
            day = line[1:]
        elif line:
            found.setdefault(line, day)
    return found


def before(app: Sphinx, env: BuildEnvironment, pages: list[str]) -> None:
    """Ask git once for all processes, if any page is going to be read."""
    if pages:
        changes(Path(app.srcdir))


def last_change(app: Sphinx, page: str) -> str:
    """Return the day on which a page, or a file that it prints, last changed; "" if it is unknown."""
    root, source = Path(app.srcdir), app.env.doc2path(page, base=False)
    known = changes(root)
    if str(source) not in known:
        return ""
    return max(known.get(str(one), "") for one in (source, *app.env.dependencies.get(page, ())))


def add(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Pass a page's links, last change and preview picture to its template."""
    picture = context.get("logo_url", "").rpartition("/")[2]
    if app.config.html_baseurl and picture.endswith(PICTURES):
        context["preview_picture"] = f"{app.config.html_baseurl}_static/{picture}"
    if doctree is None:  # it has no source
        context.update(dict.fromkeys(LINKS[1:], ""))
        return
    context["last_updated"] = last_change(app, page)
    source = quote(str(app.env.doc2path(page, base=False)))
    context.update({link: context.get(link, "").replace(PAGE, source) for link in LINKS})


def write_robots(app: Sphinx, error: Exception | None) -> None:
    """Write robots.txt, which names the sitemap; it works only for a site at the root of its host."""
    base = app.config.html_baseurl
    if not error and base and urlsplit(base).path == "/":
        text = f"User-agent: *\nAllow: /\n\nSitemap: {base}sitemap.xml\n"
        (Path(app.outdir) / "robots.txt").write_text(text, encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict:
    """Register the events."""
    app.setup_extension("handbook.site.domain.checkout")
    app.connect("config-inited", configure, priority=200)  # after `company`, which may reset these settings
    app.connect("doctree-resolved", offer_help)
    app.connect("env-before-read-docs", before)
    app.connect("html-page-context", add)
    app.connect("build-finished", write_robots)
    return metadata()
