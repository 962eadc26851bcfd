"""CORS (the Fetch standard, section 3.3): named origins may call, exactly; others may not."""

from collections.abc import Iterator

import httpx
import pytest
import structlog

from contact_gateway.http import RefusedOrigins
from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.servers import gateway_before

NAMED = "https://app.example.com"
OTHERS = [
    "https://app.example.com.evil.example",
    "https://evil.example",
    "http://app.example.com",
    "https://app.example.com:8443",
    "null",
]


@pytest.fixture(scope="module")
def named_url(sandbox_server: Sandbox) -> Iterator[str]:
    """A gateway that one other origin may call."""
    with gateway_before(sandbox_server, cors_origins=NAMED) as url:
        yield url


@pytest.fixture(scope="module")
def local_url(sandbox_server: Sandbox) -> Iterator[str]:
    """A gateway that pages of this machine may call, from any port."""
    origins = "http://localhost:*,http://[::1]:*"
    with gateway_before(sandbox_server, cors_origins=origins) as url:
        yield url


@pytest.fixture
def local_client(local_url: str, issue_token: IssueToken) -> Iterator[Client]:
    """A client of that gateway."""
    client = Client(local_url, issue_token())
    with client.http:
        yield client


@pytest.fixture
def client(named_url: str, issue_token: IssueToken) -> Iterator[Client]:
    """A client of that gateway."""
    client = Client(named_url, issue_token())
    with client.http:
        yield client


USUAL = "authorization,content-type,customer-id"


def preflight(
    client: Client, origin: str, headers: str = USUAL, method: str = "POST"
) -> httpx.Response:
    """What a browser asks before it lets a page of `origin` send a request."""
    return client.http.options(
        f"{client.url}/graphql",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": headers,
        },
    )


def permissions(response: httpx.Response) -> dict[str, str]:
    """The headers in which an origin is allowed something."""
    return {
        name: value
        for name, value in response.headers.items()
        if name.startswith("access-control-")
    }


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize(
    "headers",
    [
        USUAL,
        "apollographql-client-name",
        "tracestate",
        "baggage, sentry-trace",
        "X-Of-Tomorrow,x-datadog-trace-id",
    ],
)
def test_preflight_of_the_named_origin(client: Client, headers: str, method: str) -> None:
    """It may send any header, such as those of tracers, without cookies, and asks once a day."""
    response = preflight(client, NAMED, headers, method)

    assert response.status_code == 200
    assert permissions(response) == {
        "access-control-allow-origin": NAMED,
        "access-control-allow-methods": "GET, HEAD, POST",
        "access-control-allow-headers": headers,
        "access-control-max-age": "86400",
    }
    assert "Origin" in response.headers["vary"]
    assert response.headers["cache-control"] == "no-store"


def test_preflight_in_a_private_network(client: Client) -> None:
    """A named origin may be a public page, and the gateway at an address of a private network."""
    response = client.http.options(
        f"{client.url}/graphql",
        headers={
            "Origin": NAMED,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Private-Network": "true",
        },
    )

    assert (response.status_code, response.headers["access-control-allow-private-network"]) == (
        200,
        "true",
    )


@pytest.mark.parametrize("origin", OTHERS)
def test_preflight_of_another_origin(client: Client, origin: str) -> None:
    """No other origin is allowed anything, not even a similar one."""
    response = preflight(client, origin)

    assert (response.status_code, permissions(response)) == (400, {})


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost", True),
        ("http://localhost:5173", True),
        ("http://[::1]:3000", True),
        ("http://[::1]", True),
        ("https://localhost:5173", False),
        ("http://localhost:x", False),
        ("http://localhost:5173:80", False),
        ("http://localhost.evil.example", False),
        ("http://evil.localhost:5173", False),
        ("http://127.0.0.1:5173", False),
        ("http://localhost:", False),
    ],
)
def test_any_port(local_client: Client, origin: str, *, allowed: bool) -> None:
    """`:*` stands for any port, or none, of exactly this host and scheme."""
    response = preflight(local_client, origin)

    assert response.headers.get("access-control-allow-origin") == (origin if allowed else None)


@pytest.mark.parametrize(("origin", "allowed"), [(NAMED, NAMED), *((o, None) for o in OTHERS)])
def test_reply_to_an_origin(client: Client, origin: str, allowed: str | None) -> None:
    """A reply, that to a refused token too, may be read by pages of the named origin alone."""
    good = client.post("{ __typename }", Origin=origin)
    refused = client.post("{ __typename }", Origin=origin, Authorization="Bearer x")

    assert [
        (response.status_code, response.headers.get("access-control-allow-origin"))
        for response in (good, refused)
    ] == [(200, allowed), (401, allowed)]


def test_what_a_page_may_read(client: Client) -> None:
    """Beside the body, when to come again, and the name of the request."""
    response = client.post("{ __typename }", Origin=NAMED)

    assert response.headers["access-control-expose-headers"] == (
        "GraphQL-Result-Types, X-Request-Id, Retry-After"
    )


def test_no_origins(gateway_url: str, issue_token: IssueToken) -> None:
    """Without CORS_ORIGINS, there is no cross-origin header at all."""
    client = Client(gateway_url, issue_token())
    with client.http:
        with structlog.testing.capture_logs() as logs:
            asked, _ = preflight(client, NAMED), preflight(client, NAMED)
        called = client.post("{ __typename }", Origin=NAMED)

    assert (asked.status_code, permissions(asked), permissions(called)) == (204, {}, {})
    assert [line for line in logs if line["event"] == "origin_refused"] == [
        {
            "event": "origin_refused",
            "origin": NAMED,
            "mend": f"CONTACT_GATEWAY_CORS_ORIGINS={NAMED}",
            "log_level": "warning",
        }
    ]


def told(*origins: str) -> list[str]:
    """What the log says to mend when these origins have asked, and one is named."""
    refused = RefusedOrigins(("https://named.example",))
    with structlog.testing.capture_logs() as logs:
        for origin in origins:
            refused.note(origin)
    return [line["mend"] for line in logs]


@pytest.mark.parametrize(
    ("origin", "mends"),
    [
        (
            "https://evil.example",
            ["CONTACT_GATEWAY_CORS_ORIGINS=https://named.example,https://evil.example"],
        ),
        ("null", ["no setting allows it: serve the page over http or https"]),
        ("capacitor://localhost", ["no setting allows it: serve the page over http or https"]),
        ("", []),
        ("https://", []),
        ("x y", []),
        ("https://a\nb", []),
        ("https://" + "a" * 201, []),
    ],
)
def test_what_is_told_of_an_origin(origin: str, mends: list[str]) -> None:
    """Once, which setting would allow it; nothing of what no browser sends."""
    assert told(origin, origin) == mends


def test_many_origins() -> None:
    """However many there are, the log has a hundred lines, and so many are remembered."""
    assert len(told(*(f"https://{number}.example" for number in range(1_000)))) == 100
