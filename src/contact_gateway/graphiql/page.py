"""The page as HTML, and the Content-Security-Policy that it runs under."""

import html
from collections.abc import Sequence
from pathlib import Path
from string import Template
from textwrap import fill

import orjson

from contact_gateway.graphiql.files import Link, PageFiles
from contact_gateway.graphiql.login import Login
from contact_gateway.graphiql.workspace import Tab, Workspace

__all__ = ["RENEWAL", "REST_CALLS", "policy", "render"]

RENEWAL = "graphiql/token"
"""Where the page asks for another development token, relative to the page as all its URLs are."""

REST_CALLS = "graphiql/rest-calls"
"""Where the page asks what the REST API was sent in the course of a request."""

_COMMENT_WIDTH = 60
_TEMPLATE = Template((Path(__file__).parent / "web" / "page.html").read_text(encoding="utf-8"))


def policy(files: PageFiles, workspace: Workspace, nonce: str) -> str:
    """The policy of one response: no inline script, no `unsafe-*`, and no other host.

    Of a CDN the very files are allowed, because its host serves scripts of anybody's. An issuer may
    be asked where the page logs in there.
    """
    foreign = _third_party(files, workspace) if files.from_cdn else ()
    scripts = " ".join(["'self'", *(link.url for link in foreign if not link.is_style)])
    styles = " ".join(["'self'", *(link.url for link in foreign if link.is_style)])
    fonts = "font-src data:; " if files.from_cdn else ""  # ours have none
    login = f" {workspace.login.origin}" if workspace.login else ""
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles} 'nonce-{nonce}'; "
        f"{fonts}img-src 'self'; connect-src 'self'{login}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def render(files: PageFiles, workspace: Workspace, nonce: str) -> bytes:
    """The page for one response, with a token of its own where the workspace issues them."""
    third_party = _third_party(files, workspace)
    styles = [link for link in (*third_party, files.style) if link.is_style]
    scripts = [link for link in third_party if not link.is_style]
    page = _TEMPLATE.substitute(
        icon=html.escape(files.icon),
        styles=_elements("link", "href", styles, ' rel="stylesheet"'),
        modules=_elements("link", "href", files.modules, ' rel="modulepreload"'),
        scripts=_elements("script defer", "src", scripts, end="</script>"),
        workspace=_embedded(workspace),
        nonce=nonce,
        start=html.escape(files.start.url),
        integrity=files.start.integrity,
        source=html.escape(files.source),
    )
    return page.encode()


def _third_party(files: PageFiles, workspace: Workspace) -> tuple[Link, ...]:
    return (*(files.login if workspace.login else ()), *files.third_party)


def _elements(
    name: str, attribute: str, links: Sequence[Link], more: str = "", end: str = ""
) -> str:
    return "\n".join(f"<{name}{more} {_source(attribute, link)}>{end}" for link in links)


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
            "restCalls": workspace.rest_calls and REST_CALLS,
            "headers": dict(workspace.headers),
            "tokenSource": workspace.token_source,
            "login": workspace.login and _login(workspace.login),
            "introspection": workspace.introspection,
            "examples": [
                {"heading": each.heading, "tabs": [_tab(tab) for tab in each.tabs]}
                for each in workspace.examples
            ],
        }
    )
    # so that no text can end the script element
    return document.decode().replace("<", r"\u003c")


def _login(login: Login) -> dict[str, object]:
    return {
        "issuer": login.issuer,
        "clientId": login.client_id,
        "scope": " ".join(login.scopes),
        "audience": login.audience,
        "resource": login.resource,
    }


def _tab(tab: Tab) -> dict[str, object]:
    """A tab for the script; what its document begins with is what the page calls it."""
    comment = fill(tab.comment, _COMMENT_WIDTH, initial_indent="# ", subsequent_indent="# ")
    lines = [f"# {tab.title}", *filter(None, [comment]), tab.query]
    return {"title": tab.title, "query": "\n".join(lines), "variables": dict(tab.variables)}
