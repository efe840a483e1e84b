"""The site's security headers: one definition, written in the form that each host reads, and into each page.

Cloudflare Pages and Netlify read `_headers`, Azure Static Web Apps reads `staticwebapp.config.json`. The
`<meta>` covers hosts that do not send our headers (GitHub Pages) and pages opened from a disk.
"""

import base64
import hashlib
import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ThemeError

from handbook.site import metadata

INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)
DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # the theme's icons are images within its style sheet
    "form-action": "'self'",  # the search form
    "base-uri": "'none'",
}
HEADER_ONLY = {"frame-ancestors": "'none'"}  # browsers ignore it in a page, with a warning
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def digest(text: str) -> str:
    """Return the source expression that allows exactly this inline text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy(hashes: dict[str, list[str]], more: dict[str, str] | None = None) -> str:
    """Return the policy; `hashes` are those of the inline texts that `script-src` and `style-src` allow."""
    allowed = {name: " ".join([value, *hashes.get(name, [])]) for name, value in DIRECTIVES.items()}
    return "; ".join(f"{name} {value}" for name, value in (allowed | (more or {})).items())


def headers(hashes: dict[str, list[str]]) -> dict[str, str]:
    """Return all headers that a host should send with each response."""
    return {"Content-Security-Policy": policy(hashes, HEADER_ONLY)} | HEADERS


def inline(app: Sphinx, context: dict) -> dict[str, list[str]]:
    """Return the hashes of the theme's own inline script and style, as its templates render them.

    No others are allowed: the browser blocks what another extension adds to a page, and a test notices it.
    """
    templates = app.builder.templates
    base = templates.environment.loader.get_source(templates.environment, "base.html")[0]
    style = templates.render("partials/_head_css_variables.html", context)
    found = INLINE.findall(base) + INLINE.findall(style)
    if [kind for kind, _ in found] != ["script", "style"]:
        here = "handbook/site/look/security_headers.py"
        raise ThemeError(f"{here}: the theme no longer has one inline script and one inline style")
    return {f"{kind}-src": [digest(text)] for kind, text in found}


def in_page(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Pass the policy for the `<meta>` to each page's template."""
    if not app.config.handbook_policy:
        return
    if not hasattr(app, "handbook_hashes"):
        app.handbook_hashes = inline(app, context)  # the same for all pages and for the hosts' files
    context["policy"] = policy(app.handbook_hashes)


def for_hosts(app: Sphinx, error: Exception | None) -> None:
    """Write the files that hosts read."""
    hashes = getattr(app, "handbook_hashes", None)
    if error or app.builder.format != "html" or not hashes:
        return  # no page was written, so neither was the theme changed: the files are still right
    folder, sent = Path(app.outdir), headers(hashes)
    lines = ["/*", *(f"  {name}: {value}" for name, value in sent.items())]
    (folder / "_headers").write_text("\n".join(lines) + "\n", encoding="utf-8")
    missing = {"404": {"rewrite": "/404.html"}}
    settings = json.dumps({"globalHeaders": sent, "responseOverrides": missing}, indent=2)
    (folder / "staticwebapp.config.json").write_text(settings + "\n", encoding="utf-8")


def setup(app: Sphinx) -> dict:
    """Register the handlers; the policy needs the page's complete context, after the theme's additions."""
    # Only make serve switches it off, because its reload uses an inline script.
    app.add_config_value("handbook_policy", True, "html", (bool,), "Write the policy into the pages.")
    app.connect("html-page-context", in_page, priority=950)
    app.connect("build-finished", for_hosts)
    return metadata()
