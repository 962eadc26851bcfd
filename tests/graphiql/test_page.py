"""The page over HTTP: where it is, its headers and files, and what it is when the files lack."""

import gzip
import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Iterator

import httpx
import pytest
from starlette.responses import PlainTextResponse
from structlog.testing import capture_logs

from contact_gateway.contact_groups import EXAMPLES, issued_scopes
from contact_gateway.graphiql import Examples, GraphiQL, Tab, Workspace, workspace_of
from contact_gateway.graphiql.files import collect
from contact_gateway.graphiql.page import policy, render
from contact_gateway.graphiql.pins import PACKAGES, VendoredFile
from contact_gateway.sandbox import AUDIENCE, Sandbox
from tests.client import Client
from tests.graphiql.conftest import BLANK, CUSTOMER, IssueDevelopmentToken
from tests.servers import gateway_before, settings_for

_BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


@pytest.fixture
def http(demo_url: str) -> Iterator[httpx.Client]:
    """A client of the demo."""
    with httpx.Client(base_url=demo_url, trust_env=False) as http:
        yield http


def embedded(page: str) -> dict[str, object]:
    """What a page hands to its script."""
    found = re.search(r'<script type="application/json" id="workspace">(.*)</script>', page)
    assert found is not None
    document: dict[str, object] = json.loads(found[1])
    return document


@pytest.mark.usefixtures("own_files_are_there")
def test_the_policy(http: httpx.Client) -> None:
    """It allows no host but this one and nothing unsafe; its nonce is the page's, and new."""
    first, second = (http.get("/graphql", headers=_BROWSER) for _ in range(2))
    nonces = [re.findall(r'nonce="([^"]+)"', response.text) for response in (first, second)]

    assert [
        first.headers["content-security-policy"],
        second.headers["content-security-policy"],
    ] == [_POLICY.format(nonce=nonce) for [nonce] in nonces]
    assert nonces[0] != nonces[1]


def test_the_other_headers(http: httpx.Client) -> None:
    """The page is not kept, framed, sniffed or named to others."""
    response = http.get("/graphiql")
    headers = dict(response.headers)

    assert {name: headers[name] for name in sorted(headers) if name not in {"date", "server"}} == {
        "cache-control": "no-store",
        "content-length": str(len(response.content)),
        "content-security-policy": headers["content-security-policy"],
        "content-type": "text/html; charset=utf-8",
        "cross-origin-opener-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "vary": "Accept",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/graphql-response+json"])
def test_a_get_by_a_program(http: httpx.Client, accept: str) -> None:
    """What does not ask for HTML by name is answered by the endpoint, never with the page."""
    response = http.get("/graphql", headers={"Accept": accept})

    assert "text/html" not in response.headers["content-type"]


def named_files(page: str) -> dict[str, str]:
    """The URLs of the files that a page names, each with its integrity."""
    return dict(re.findall(r'(?:src|href)="([^"]+)"(?: integrity="sha384-([^"]+)")?', page))


@pytest.mark.usefixtures("own_files_are_there")
def test_every_file_of_the_page(http: httpx.Client) -> None:
    """Each is served from here, is what its integrity says, and may be kept for ever."""
    named = named_files(http.get("/graphiql").text)
    answers = {url: http.get(f"/{url}") for url in named}

    for url, integrity in named.items():
        digest = b64encode(hashlib.sha384(answers[url].content).digest()).decode()
        assert (answers[url].status_code, integrity in {digest, ""}) == (200, True)
    assert {
        (answer.headers["content-type"].partition(";")[0], answer.headers["cache-control"])
        for answer in answers.values()
    } == {
        (media_type, "public, max-age=31536000, immutable")
        for media_type in ("text/css", "text/javascript", "image/svg+xml")
    }


@pytest.mark.usefixtures("own_files_are_there")
def test_what_the_page_weighs(http: httpx.Client) -> None:
    """All of it, the page itself too, is less than 600 kB over the wire."""
    page = http.get("/graphiql")
    urls = [f"/{url}" for url in named_files(page.text)]
    weights = [int(http.get(url).headers["content-length"]) for url in urls]

    assert len(page.content) + sum(weights) < 600_000


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "gzip"),
        ("br;q=1.0, gzip;q=0.8", "gzip"),
        ("*", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
        ("gzip;q=0, *", None),
        ("br", None),
        ("", None),
    ],
)
def test_what_a_browser_can_unpack(http: httpx.Client, accepted: str, coding: str | None) -> None:
    """A file is sent compressed to who accepts gzip, and else as it is; caches know that."""
    url = next(url for url in named_files(http.get("/graphiql").text) if url.endswith("ide.css"))

    response = http.get(f"/{url}", headers={"Accept-Encoding": accepted})

    assert (
        response.headers.get("content-encoding"),
        response.headers["vary"],
        response.text.startswith("html,"),
    ) == (coding, "Accept-Encoding", True)


@pytest.mark.usefixtures("own_files_are_there")
def test_fonts() -> None:
    """None comes with the page: every system has some."""
    styles = [
        gzip.decompress(content)
        for path, content in collect().served.items()
        if path.endswith(".css")
    ]

    assert (len(styles), any(b"@font-face" in style for style in styles)) == (3, False)


@pytest.mark.parametrize("path", ["nothing.js", "../pins.json", "%2e%2e/pins.json", "token"])
def test_a_file_that_the_page_does_not_have(http: httpx.Client, path: str) -> None:
    """Nothing else can be had."""
    assert http.get(f"/graphiql/{path}").status_code in {404, 405}


def test_files_that_the_build_could_not_fetch() -> None:
    """The page names the CDN's, each with its pinned hash; the policy allows those alone."""
    files = collect({})
    page = render(files, BLANK, "NONCE").decode()

    urls = {
        f"https://cdn.jsdelivr.net/npm/{package.name}@{package.version}/{file.path}": file.sha384
        for package in PACKAGES
        if package.purpose == "page"
        for file in package.served
    }
    scripts = " ".join(url for url in urls if url.endswith(".js"))
    styles = " ".join(url for url in urls if url.endswith(".css"))
    assert len(urls) == 6
    for url, sha384 in urls.items():
        assert f'="{url}" integrity="sha384-{sha384}" crossorigin="anonymous"' in page
    assert policy(files, BLANK, "NONCE") == _POLICY.format(nonce="NONCE").replace(
        "script-src 'self'", f"script-src 'self' {scripts}"
    ).replace("style-src 'self'", f"style-src 'self' {styles}").replace(
        "img-src", "font-src data:; img-src"
    )


@pytest.mark.parametrize(
    ("vendored", "source"), [({}, "cdn.jsdelivr.net"), (None, "its own files")]
)
@pytest.mark.usefixtures("own_files_are_there")
def test_start_up(vendored: dict[str, VendoredFile] | None, source: str) -> None:
    """It says where the page loads its files from."""
    with capture_logs() as logs:
        GraphiQL(PlainTextResponse("no endpoint"), BLANK, collect(vendored))

    assert [source in line["loads_from"] for line in logs] == [True]


def test_text_that_would_end_the_script_element() -> None:
    """It stays text."""
    tab = Tab("Evil", "# </script><script>alert(1)</script>")
    workspace = Workspace(examples=(Examples("Examples", (tab,)),))
    page = render(collect({}), workspace, "NONCE").decode()

    assert embedded(page)["examples"] == [
        {
            "heading": "Examples",
            "tabs": [
                {
                    "title": "Evil",
                    "query": "# Evil\n# </script><script>alert(1)</script>",
                    "variables": {},
                }
            ],
        }
    ]


def test_the_demo_asked_for_a_token(http: httpx.Client, sandbox: Sandbox) -> None:
    """It issues another development token with each page and each renewal, and none is kept."""
    page = embedded(http.get("/graphiql").text)
    response = http.post(f"/{page['renewal']}")

    assert page["token"] != response.text
    assert response.headers["cache-control"] == "no-store"
    assert sandbox.tokens.verify(response.text).customers == {CUSTOMER}


def test_the_demo_asked_for_the_calls_behind_a_request(
    http: httpx.Client, sandbox: Sandbox, development_token: IssueDevelopmentToken
) -> None:
    """They are those of this request alone, and no token is in them."""
    client = Client(str(http.base_url).rstrip("/"), development_token(), http=http)
    client.rename("5514123", {"name": "Best customers"})
    client.rename("422", {"name": "Best customers"})
    request_id = sandbox.received[-1].header("x-request-id")[0]
    response = http.get("/graphiql/rest-calls", params={"requestId": request_id})

    [call] = response.json()
    headers = {
        name: value for name, value in call["headers"] if name in {"authorization", "accept"}
    }
    assert (
        {**call, "headers": headers, "answer": json.loads(call["answer"])["status"]},
        "Bearer" in response.text,
        response.headers["cache-control"],
    ) == (
        {
            "method": "PATCH",
            "url": "/v1/contactGroups/422",
            "headers": {
                "authorization": "…",
                "accept": "application/json, application/problem+json",
            },
            "body": '{"name":"Best customers"}',
            "status": 422,
            "answer": 422,
        },
        False,
        "no-store",
    )


@pytest.mark.usefixtures("own_files_are_there")
def test_a_page_that_logs_in(sandbox: Sandbox) -> None:
    """It has one script more, what it asks for, and a policy that admits the issuer's origin."""
    settings = settings_for(
        sandbox.url,
        jwt_issuer="https://login.example.com/tenant/",
        jwt_audience="https://contacts.example.com",
        scope_read="groups.read",
        graphiql_client_id="page",
    )
    workspace = workspace_of(settings, issued_scopes, EXAMPLES)
    files = collect()
    page = render(files, workspace, "NONCE").decode()

    assert embedded(page)["login"] == {
        "issuer": "https://login.example.com/tenant/",
        "clientId": "page",
        "scope": "openid offline_access groups.read contacts:write",
        "audience": "https://contacts.example.com",
        "resource": "https://contacts.example.com",
    }
    assert "oidc-client-ts" in page
    assert policy(files, workspace, "NONCE") == _POLICY.format(nonce="NONCE").replace(
        "connect-src 'self'", "connect-src 'self' https://login.example.com"
    )


def test_what_a_page_asks_for_in_words_of_the_issuers(sandbox: Sandbox) -> None:
    """GRAPHIQL_SCOPES takes the place of our scopes; an audience that is no URL is no resource."""
    settings = settings_for(
        sandbox.url, graphiql_client_id="page", graphiql_scopes="openid,api://contacts/.default"
    )
    login = workspace_of(settings, issued_scopes, EXAMPLES).login

    assert login is not None
    assert (login.scopes, login.audience, login.resource) == (
        ("openid", "offline_access", "api://contacts/.default"),
        AUDIENCE,
        None,
    )


def test_a_gateway_that_is_no_demo(sandbox: Sandbox) -> None:
    """With GraphiQL on, it opens with blanks to fill, has no token and issues none."""
    with gateway_before(sandbox, graphiql=True) as url, httpx.Client(trust_env=False) as http:
        page = embedded(http.get(f"{url}/graphiql").text)
        renewal = http.post(f"{url}/graphiql/token")
        calls = http.get(f"{url}/graphiql/rest-calls")

    assert {name: page[name] for name in ("token", "renewal", "restCalls", "login", "headers")} == {
        "token": None,
        "renewal": None,
        "restCalls": None,
        "login": None,
        "headers": {"Customer-Id": ""},
    }
    assert (renewal.status_code, calls.status_code) == (405, 404)


def test_production(gateway_url: str) -> None:
    """Unless it is turned on there is no page at all."""
    with httpx.Client(base_url=gateway_url, trust_env=False, headers=_BROWSER) as http:
        statuses = [http.get(path).status_code for path in ("/graphiql", "/graphiql/token")]
        endpoint = http.get("/graphql")

    assert (statuses, endpoint.status_code, "<html" in endpoint.text) == ([404, 404], 401, False)
