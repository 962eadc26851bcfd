"""CORS (the Fetch standard, section 3.3): named origins may call, exactly; others may not."""

from collections.abc import Iterator

import httpx
import pytest

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


@pytest.fixture
def client(named_url: str, issue_token: IssueToken) -> Iterator[Client]:
    """A client of that gateway."""
    client = Client(named_url, issue_token())
    with client.http:
        yield client


USUAL = "authorization,content-type,customer-id"


def preflight(client: Client, origin: str, headers: str = USUAL) -> httpx.Response:
    """What a browser asks before it lets a page of `origin` send the mutation."""
    return client.http.options(
        f"{client.url}/graphql",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": headers,
        },
    )


def permissions(response: httpx.Response) -> dict[str, str]:
    """The headers in which an origin is allowed something."""
    return {
        name: value
        for name, value in response.headers.items()
        if name.startswith("access-control-allow-")
    }


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
def test_preflight_of_the_named_origin(client: Client, headers: str) -> None:
    """It may send the mutation with any header, such as those of tracers, without cookies."""
    response = preflight(client, NAMED, headers)

    assert response.status_code == 200
    assert permissions(response) == {
        "access-control-allow-origin": NAMED,
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": headers,
    }
    assert "Origin" in response.headers["vary"]
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("origin", OTHERS)
def test_preflight_of_another_origin(client: Client, origin: str) -> None:
    """No other origin is allowed to, not even a similar one."""
    response = preflight(client, origin)

    assert response.status_code == 400
    assert not {"access-control-allow-origin", "access-control-allow-headers"} & {*response.headers}


@pytest.mark.parametrize(("origin", "allowed"), [(NAMED, NAMED), *((o, None) for o in OTHERS)])
def test_reply_to_an_origin(client: Client, origin: str, allowed: str | None) -> None:
    """A reply, that to a refused token too, may be read by pages of the named origin alone."""
    good = client.post("{ __typename }", Origin=origin)
    refused = client.post("{ __typename }", Origin=origin, Authorization="Bearer x")

    assert [
        (response.status_code, response.headers.get("access-control-allow-origin"))
        for response in (good, refused)
    ] == [(200, allowed), (401, allowed)]


def test_no_origins(gateway_url: str, issue_token: IssueToken) -> None:
    """Without CORS_ORIGINS, there is no cross-origin header at all."""
    client = Client(gateway_url, issue_token())
    with client.http:
        asked = preflight(client, NAMED)
        called = client.post("{ __typename }", Origin=NAMED)

    assert (asked.status_code, permissions(asked), permissions(called)) == (204, {}, {})
