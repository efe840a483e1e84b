"""Sphinx's settings: one block for each extension, in the order of `extensions`."""

import gc
import os
import sys
from pathlib import Path

# For the whole process, which ends with the build: a build keeps what it makes, and to look for garbage takes
# a tenth of its time (11.2 s of CPU against 10.0 s, November 2026).
gc.disable()
sys.path.insert(0, str(Path(__file__).parent))  # for handbook

from handbook.cases.clients import CLIENTS  # noqa: E402 - found only now

# A fork's own title, logo, address and contact; its names and pages are in the folder company.
# guides/company.md says what each line may be.
project = "Artifact feeds handbook"
html_short_title = "Artifact feeds"  # in a browser's tab, after the page's title
html_logo = None  # the path of a picture; two, for light and dark: light_logo and dark_logo, below
html_baseurl = os.environ.get("HANDBOOK_URL", "")  # where the site is published; a host may know it first
html_context = {
    "contact": "",  # whom a reader asks
    "repository": "",
    "edit": "",  # where a page is edited, {page} in place of its path
    "report": "",  # where a mistake is reported; may hold {page}
}

author = "The handbook's contributors"

extensions = [
    "myst_parser",
    "sphinx_design",
    "handbook.site.look.builder",
    "handbook.site.look.bundles",
    "handbook.site.look.places",
    "handbook.site.look.page_foot",
    "handbook.site.look.moved",
    "handbook.site.domain.case_directives",
    "handbook.site.domain.entry_directives",
    "handbook.site.domain.unrun_code",
    "handbook.site.tables.entry_lists",
    "handbook.site.box.paste_box",
    "handbook.site.tables.table",
    "handbook.site.tables.at_a_glance",
    "handbook.site.tables.handed_on",
    "handbook.site.tables.networks",
    "handbook.site.tables.outcomes",
    "handbook.site.look.security_headers",
    "handbook.site.tables.precedence",
    "handbook.site.tables.reference",
    "handbook.site.domain.fact_role",
    "handbook.site.look.front_page",
    "handbook.site.look.literals",
    "handbook.site.tables.request_chart",
    "handbook.site.tables.version_changes",
    "handbook.site.search.index",
    "handbook.site.look.company",
    "handbook.site.look.llms_txt",
    "notfound.extension",
    "sphinx.ext.githubpages",
    "sphinx_reredirects",
]

# Sphinx: https://www.sphinx-doc.org/en/master/usage/configuration.html
include_patterns = ["index.md", "guides/**", "company/*.md"]
exclude_patterns = [".*", "_*", "handbook", "snippets", "tests"]  # Sphinx walks all folders but these
templates_path = ["_templates"]
nitpicky = True
smartquotes_action = "qe"  # quotes and ellipses; the dashes of --index-url stay two
highlight_language = "text"

# HTML: https://pradyunsg.me/furo/customisation/
html_theme = "furo"
html_title = project
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
html_css_files = ["site.css", "errors.css", "front.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_use_index = False
html_domain_indices = False
html_show_sphinx = False
html_permalinks_icon = "#"
html_theme_options = {  # every colour of our own; the rest is furo's
    "light_css_variables": {
        "color-brand-primary": "#0b6470",
        "color-brand-content": "#0b6470",
        "color-brand-visited": "#5d4b8c",
        "color-link-underline": "#9fc4c9",
        "color-danger": "#a8261b",
        "color-danger-background": "#fdf3f1",
        "color-calm-background": "#eef6f6",
    },
    "dark_css_variables": {
        "color-brand-primary": "#6cc7d1",
        "color-brand-content": "#6cc7d1",
        "color-brand-visited": "#b9a5e2",
        "color-link-underline": "#3c6a70",
        "color-danger": "#ff9c8f",
        "color-danger-background": "#2a1a18",
        "color-calm-background": "#15272a",
    },
}

# myst_parser: https://myst-parser.readthedocs.io/en/latest/configuration.html
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# sphinx_design: nothing to set

# handbook_publish (bool) is given on the command line: -D handbook_publish=1

# notfound: https://sphinx-notfound-page.readthedocs.io/en/stable/configuration.html
notfound_template = "404.html"
notfound_context = {
    "title": "This page is not here",
    "clients": [
        (name, one.spelling)
        for name, one in CLIENTS.items()
        if Path(__file__).with_name("guides").joinpath("clients", f"{name}.md").is_file()
    ],
}
notfound_urls_prefix = "/"  # handbook.site.look.page_foot: the path of html_baseurl

# sphinx.ext.githubpages: nothing to set

# sphinx_reredirects: https://documatt.com/sphinx-reredirects/usage/
redirect_html_template_file = "_templates/moved.html"
handbook_moved = {  # page#part -> where it is now; what handbook.site.look.moved cannot find by itself
    "guides/versions#other-tools": "guides/versions",
    "guides/clients/pipenv-settings#where-the-token-must-not-be": (
        "guides/clients/pipenv-settings#where-the-token-leaks"
    ),
    "guides/places/docker#azure-pipelines-to-a-registry": (
        "guides/places/docker#build-in-azure-pipelines-push-to-a-registry"
    ),
    "guides/clients/hatch#where-the-token-comes-from": "guides/clients/hatch#configure-and-install",
    "guides/places/docker#github-actions": "guides/places/docker#build-in-github-actions",
    "guides/feeds/missing#the-json-form-of-the-page": (
        "guides/feeds/missing#the-json-form-of-a-package-s-page"
    ),
    "guides/feeds/missing#metadata-apart-from-the-file": (
        "guides/feeds/missing#metadata-without-downloading-the-file"
    ),
    "guides/feeds/missing#project-pages-with-description-and-links": (
        "guides/feeds/missing#project-pages-with-a-description-and-links"
    ),
    "guides/feeds/other-packages#not-everything-has-every-type": (
        "guides/feeds/other-packages#differences-between-types"
    ),
    "guides/feeds/feed#create-one": "guides/feeds/feed#steps-in-azure-devops",
    "guides/feeds/feed#what-each-choice-costs-later": "guides/feeds/feed#what-is-hard-to-change-later",
    "guides/feeds/feed#delete-one": "guides/feeds/feed#delete-a-feed",
    "guides/feeds/upstream#which-of-the-two": "guides/feeds/upstream#on-or-off",
    "guides/feeds/upstream#what-becomes-visible-when": (
        "guides/feeds/upstream#when-a-new-version-becomes-visible"
    ),
    "guides/credentials/keyring#tell-your-client": "guides/credentials/keyring#set-up-your-client",
    "guides/credentials/keyring#a-token-of-your-own-in-the-system-s-keyring": (
        "guides/credentials/keyring#store-your-own-token-in-the-system-s-keyring"
    ),
    "guides/slow-installs#the-runs": "guides/slow-installs#the-examples",
    "guides/slow-installs#what-the-same-install-takes": (
        "guides/slow-installs#how-many-requests-an-install-takes"
    ),
    "guides/tools/commands#an-upgrade-needs-the-token-too": (
        "guides/tools/commands#upgrades-need-the-token-as-well"
    ),
    "guides/tools/test-runners#tox-uv-turns-the-variables-round": (
        "guides/tools/test-runners#tox-uv-uv-s-variables-only"
    ),
    "guides/places/azure-pipelines-feeds#a-blank": "guides/places/azure-pipelines-feeds#a-space",
    "guides/company#add-pages-of-your-own": "guides/company#add-your-own-pages",
    "guides/names#pip-a-slip-leaves-pypi-alone": (
        "guides/names-ignored#pip-mistakes-after-which-it-asks-only-pypi"
    ),
    "guides/names#uv-settings-that-let-the-stranger-in": "guides/names-uv",
    "guides/credentials/expired#rotate": "guides/credentials/expired#rotate-a-token",
    "guides/credentials/expired#when-one-has-leaked": "guides/credentials/expired#revoke-a-leaked-token",
    "guides/names#tools-that-pass-over-a-variable": "guides/names-ignored#tools-that-ignore-a-variable",
    "guides/feeds/addresses#blanks-in-a-name": "guides/feeds/addresses#spaces-in-a-name",
    "index#copy-and-go": "index#the-shortest-way-to-install",
    "index#what-do-you-want-to-do": "index#i-want-to",
    "guides/clients/pip#a-constraint-file-limits-versions": (
        "guides/clients/pip#limit-versions-with-a-constraint-file"
    ),
    "guides/clients/pip#hashes-stop-the-stranger-s-file": "guides/clients/pip#lock-with-hashes",
    "guides/clients/pip#when-it-fails": "guides/clients/pip#if-it-fails",
    "guides/clients/uv#when-it-fails": "guides/clients/uv#if-it-fails",
    "guides/clients/poetry#when-it-fails": "guides/clients/poetry#if-it-fails",
    "guides/clients/twine#when-it-fails": "guides/clients/twine#if-it-fails",
    "guides/clients/pip#which-source-wins": "guides/clients/pip-settings#which-source-wins",
    "guides/clients/uv#keyring": "guides/clients/uv-settings#keyring",
    "guides/clients/uv#publish": "guides/clients/uv-publish",
    "guides/clients/uv#where-the-token-comes-from": "guides/clients/uv-settings#where-the-token-comes-from",
    "guides/clients/poetry#export-for-pip": "guides/clients/poetry-publish#export-for-pip",
    "guides/clients/poetry#keyring": "guides/clients/poetry-settings#keyring",
    "guides/clients/poetry#netrc": "guides/clients/poetry-settings#netrc",
    "guides/clients/poetry#publish": "guides/clients/poetry-publish",
    "guides/clients/poetry#where-the-token-comes-from": "guides/clients/poetry-settings#order-of-credentials",
    "guides/clients/poetry#written-by-hand": "guides/clients/poetry-settings#auth-toml-written-by-hand",
    "guides/clients/twine#without-an-environment-variable": "guides/clients/twine-settings#in-pypirc",
    "guides/clients/twine-settings#which-one-wins": "guides/clients/twine-settings#which-token-twine-uses",
    "guides/windows#lines-for-cmd-and-cmd-files": "guides/windows#variables-and-percent-signs-in-cmd",
    "guides/errors/sign-in#you-may-not-make-a-personal-access-token": (
        "guides/errors/sign-in#you-can-t-create-a-personal-access-token"
    ),
    "guides/errors/sign-in#it-works-for-one-organization-and-not-for-another": (
        "guides/errors/sign-in#it-works-for-one-organization-but-not-for-another"
    ),
    "guides/errors/sign-in#a-token-is-refused-by-azure-devops-server": (
        "guides/errors/sign-in#azure-devops-server-refuses-a-valid-token"
    ),
    "guides/errors/tools#the-token-does-not-arrive": "guides/errors/tools#the-token-doesn-t-arrive",
    "guides/places/azure-pipelines#before-you-start": "guides/places/azure-pipelines#the-identity-of-a-job",
    "guides/errors/checklist#may-this-token-read": "guides/errors/checklist#can-this-token-read-packages",
    "guides/errors/checklist#4-may-this-token-read": "guides/errors/checklist#can-this-token-read-packages",
    "guides/errors/checklist#may-this-token-publish": "guides/errors/checklist#can-this-token-publish",
    "guides/errors/checklist#5-may-this-token-publish": "guides/errors/checklist#can-this-token-publish",
    "guides/places/azure-pipelines#403-addpackage-the-role-may-not-publish": (
        "guides/places/azure-pipelines-publish#addpackage-the-role-may-not-publish"
    ),
    "guides/places/github-actions#github-secret": "guides/places/github-actions-secret",
    "guides/places/github-actions#with-a-secret": "guides/places/github-actions-secret",
}
redirects = {  # a moved page -> its new place, relative to the old one
    "guides/clients/pip-failures": "../errors/pip.html",
    "guides/clients/uv-failures": "../errors/uv.html",
    "guides/pipelines": "places/azure-pipelines.html",
    "guides/clients/poetry-failures": "../errors/poetry.html",
    "guides/reference/urls": "../feeds/addresses.html",
}
