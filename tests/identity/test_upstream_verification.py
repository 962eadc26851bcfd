"""TOKEN_VERIFICATION=upstream: the token goes through, and the upstream decides."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.client import Client
from tests.identity.forging import Make, claims, header, mangled, payload, sized, stranger
from tests.identity.surroundings import RENAMED, RENAMING, Surroundings
from tests.scripted_upstream import reply
from tests.servers import running_gateway

NO_KEYS = {
    "token_verification": "upstream",
    "jwt_issuer": None,
    "jwt_audience": None,
    "jwt_jwks_url": None,
}


@pytest.fixture
def client(surroundings: Surroundings) -> Iterator[Client]:
    """A client of a gateway that leaves verification to the upstream."""
    with running_gateway(surroundings.settings(**NO_KEYS)) as url:
        client = Client(url, surroundings.issuer.token(time.time()))
        with client.http:
            yield client


def ask(client: Client, token: str) -> tuple[int, Any]:
    """Rename for customer 7310, which the tokens of these tests do not name."""
    headers = [("Authorization", f"Bearer {token}"), ("Customer-Id", "7310")]
    response = client.send(headers, RENAMING)
    return response.status_code, response.json()


def test_ready(client: Client, surroundings: Surroundings) -> None:
    """Without a key set the gateway is ready at once, and never asks for one."""
    ready = client.http.get(f"{client.url}/readyz").status_code

    assert (ready, surroundings.received("/keys")) == (200, [])


PASSED_ON: dict[str, Make] = {
    "genuine": claims(),
    "opaque": mangled(lambda _: "opaque"),
    "a stranger's": stranger(),
    "alg none": header(alg="none"),
    "without scope": claims(scope=None),
    "without exp": claims(exp=None),
    "exp that cannot be read": claims(exp="yesterday"),
    "claims that cannot be read": payload(b"[]"),
    "the largest": sized(16_384),
}


@pytest.mark.parametrize("make", PASSED_ON.values(), ids=PASSED_ON)
def test_passed_on(make: Make, client: Client, surroundings: Surroundings) -> None:
    """What the upstream may accept reaches it, with the same token and the header's customer."""
    token = make(surroundings.issuer, time.time())

    answer = ask(client, token)

    calls = [
        (call.header("authorization"), call.header("customer-id")) for call in surroundings.calls
    ]
    assert (answer, calls) == ((200, RENAMED), [((f"Bearer {token}",), ("7310",))])


@pytest.mark.parametrize(
    ("make", "status", "code"),
    [
        (claims(exp=-31), 401, "UNAUTHENTICATED"),
        (sized(16_385), 431, "HEADER_FIELDS_TOO_LARGE"),
    ],
    ids=["expired", "too long"],
)
def test_refused_early(
    make: Make, status: int, code: str, client: Client, surroundings: Surroundings
) -> None:
    """A token that says itself that it has expired, or is too long, is refused without a call."""
    refused_with, body = ask(client, make(surroundings.issuer, time.time()))

    refusal = body["errors"][0]["extensions"]["code"]
    assert (refused_with, refusal, surroundings.calls) == (status, code, [])


def test_scope_that_lacks(client: Client, surroundings: Surroundings) -> None:
    """A scope claim that lacks what is needed refuses early; one that has it grants nothing."""
    surroundings.api = lambda _: reply(403)
    now = time.time()
    reader = surroundings.issuer.token(now, scope="contacts:read")
    writer = surroundings.issuer.token(now, scope="contacts:write")

    results = [ask(client, token)[1]["data"]["updateContactGroup"] for token in (reader, writer)]

    assert (
        [(result["__typename"], result["requiredScope"]) for result in results],
        len(surroundings.calls),
    ) == ([("PermissionDeniedError", "contacts:write"), ("PermissionDeniedError", None)], 1)


def test_upstream_that_refuses(client: Client, surroundings: Surroundings) -> None:
    """The upstream's 401 to the caller's token is told the caller as it is, and not replayed."""
    surroundings.api = lambda _: reply(401, '{"title": "Unauthorized"}')

    _, body = ask(client, "opaque")

    result = body["data"]["updateContactGroup"]
    assert (result["__typename"], result["problem"]["status"], len(surroundings.calls)) == (
        "RequestRejectedError",
        401,
        1,
    )
