"""Pages of other origins in a headless Chromium, with the headers that their libraries add."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from contact_gateway.sandbox import Sandbox
from tests import readme
from tests.client import RENAME, Client
from tests.conftest import IssueToken
from tests.graphiql.browser import Browser, running_browser
from tests.log_watch import LOGS
from tests.servers import gateway_before

# of Sentry, OpenTelemetry, Apollo Client's client awareness, and Datadog
ADDED = {
    "sentry-trace": "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
    "baggage": "sentry-environment=production",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "tracestate": "dd=s:1",
    "apollographql-client-name": "web",
    "apollographql-client-version": "1.0",
    "x-datadog-trace-id": "1",
}
CALL = """
const [url, init] = arguments;
return fetch(url, init).then(
  async (response) => [response.status, await response.json(), response.headers.get("retry-after"),
    response.headers.get("x-request-id")],
  (error) => error.name,
);
"""


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = b"<!doctype html><title>Another origin</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def page_server() -> Iterator[str]:
    """Serve a page on a port, and so an origin, of its own; the origin."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium that reaches nothing but this machine."""
    with running_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def origins() -> Iterator[tuple[str, str]]:
    """Two origins with a page each: one to name, and another."""
    with page_server() as named, page_server() as other:
        yield named, other


@pytest.fixture(scope="module")
def named_url(origins: tuple[str, str], sandbox_server: Sandbox) -> Iterator[str]:
    """A gateway that pages of the first origin may call."""
    with gateway_before(sandbox_server, cors_origins=origins[0]) as url:
        yield url


BUTTON = """
const [url, headers, shown] = arguments;
const button = document.body.appendChild(document.createElement("button"));
const query = encodeURIComponent("{ viewer { canUpdateContactGroups } }");
return fetch(`${url}/graphql?query=${query}`, { headers }).then(async (response) => {
  const { data } = await response.json();
  new Function("button", "data", shown)(button, data);
  return button.checkVisibility();
});
"""


def call(browser: Browser, client: Client, query: str = "", **init: Any) -> Any:
    """What `fetch` of the page comes to: status, body and two headers, or an error's name."""
    usual = {**client.headers(), **ADDED, "X-Request-Id": "of-the-page"}
    init = {"headers": usual, **init}
    return browser.run(CALL, f"{client.url}/graphql{query}", init)


def test_the_named_origin(
    browser: Browser, origins: tuple[str, str], named_url: str, issue_token: IssueToken
) -> None:
    """Its page may call with all of these headers, by POST and by GET, and read the headers."""
    client = Client(named_url, issue_token())
    rename = {"id": "429", "input": {"name": "Best customers"}}
    browser.open(origins[0])
    body = browser.run(
        "return JSON.stringify(arguments[0])", {"query": RENAME, "variables": rename}
    )
    posted = call(browser, client, method="POST", body=body)
    got = call(browser, client, "?query={__typename}")
    refused = call(browser, client, "?query={__typename}", headers={"Authorization": "Bearer x"})

    assert posted[1]["data"]["updateContactGroup"]["__typename"] == "RateLimitedError"
    assert (got, refused[0]) == ([200, {"data": {"__typename": "Query"}}, None, "of-the-page"], 401)


def test_another_origin(
    browser: Browser, origins: tuple[str, str], named_url: str, issue_token: IssueToken
) -> None:
    """Its page may not, and the log says once which setting would allow it."""
    client = Client(named_url, issue_token())
    named, other = origins
    browser.open(other)
    ends = [
        call(browser, client, method="POST", body='{"query": "{__typename}"}'),
        call(browser, client, "?query={__typename}"),
        # asks nobody first, and so may not say who calls; what comes back may not be read
        call(browser, client, "?query={__typename}", headers={}),
    ]

    lines = LOGS.lines("origin_refused")
    assert ends == ["TypeError"] * 3
    assert [line["mend"] for line in lines if line["origin"] == other] == [
        f"CONTACT_GATEWAY_CORS_ORIGINS={named},{other}"
    ]


@pytest.mark.parametrize(
    ("scope", "visible"),
    [("contacts:read contacts:write", True), ("contacts:write", True), ("contacts:read", False)],
)
def test_a_button(
    browser: Browser,
    origins: tuple[str, str],
    named_url: str,
    issue_token: IssueToken,
    scope: str,
    *,
    visible: bool,
) -> None:
    """With the line of docs/mutation.md, a page shows a button to those who may do what it does."""
    (line,) = readme.blocks("docs/mutation.md", "js")
    browser.open(origins[0])

    shown = browser.run(BUTTON, named_url, Client(named_url, issue_token(scope)).headers(), line)

    assert shown is visible
