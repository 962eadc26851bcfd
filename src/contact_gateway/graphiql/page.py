"""The page as HTML, and the Content-Security-Policy that it runs under."""

import html
from pathlib import Path
from string import Template

import orjson

from contact_gateway.graphiql.files import Link, PageFiles
from contact_gateway.graphiql.workspace import Workspace

__all__ = ["RENEWAL", "policy", "render"]

RENEWAL = "graphiql/token"
"""Where the page asks for another development token, relative to the page as all its URLs are."""

_TEMPLATE = Template((Path(__file__).parent / "web" / "page.html").read_text(encoding="utf-8"))


def policy(files: PageFiles, nonce: str) -> str:
    """The policy of one response: no inline script, no `unsafe-*`, and no other host.

    Of a CDN the very files are allowed, because its host serves scripts of anybody's.
    """
    foreign = [link for link in files.third_party if files.from_cdn]
    scripts = " ".join(["'self'", *(link.url for link in foreign if not link.is_style)])
    styles = " ".join(["'self'", *(link.url for link in foreign if link.is_style)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles} 'nonce-{nonce}'; "
        "font-src data:; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def render(files: PageFiles, workspace: Workspace, nonce: str) -> bytes:
    """The page for one response, with a token of its own where the workspace issues them."""
    styles = [link for link in (*files.third_party, files.style) if link.is_style]
    scripts = [link for link in files.third_party if not link.is_style]
    page = _TEMPLATE.substitute(
        icon=html.escape(files.icon),
        styles="\n".join(f'<link rel="stylesheet" {_source("href", link)}>' for link in styles),
        scripts="\n".join(f"<script defer {_source('src', link)}></script>" for link in scripts),
        workspace=_embedded(workspace),
        nonce=nonce,
        start=html.escape(files.script.url),
        source=html.escape(files.source),
    )
    return page.encode()


def _source(attribute: str, link: Link) -> str:
    cross_origin = ' crossorigin="anonymous"' if link.url.startswith("https:") else ""
    return f'{attribute}="{html.escape(link.url)}" integrity="{link.integrity}"{cross_origin}'


def _embedded(workspace: Workspace) -> str:
    issue_token = workspace.issue_token
    document = orjson.dumps(
        {
            "endpoint": "graphql",
            "renewal": issue_token and RENEWAL,
            "token": issue_token and issue_token(),
            "headers": dict(workspace.headers),
            "tabs": [
                {"query": tab.query, "variables": dict(tab.variables)} for tab in workspace.tabs
            ],
        }
    )
    # so that no text can end the script element
    return document.decode().replace("<", r"\u003c")
