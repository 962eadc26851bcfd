"""UPSTREAM_AUTH=client_credentials over real sockets: what the upstream and the callers see."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.client import RENAME, Client
from tests.identity.callers import send_all
from tests.identity.surroundings import (
    RENAMED,
    RENAMING,
    Surroundings,
    token_reply,
)
from tests.scripted_upstream import DROP, HANG, Answer, RecordedRequest, reply
from tests.servers import running_gateway


@pytest.fixture
def client(surroundings: Surroundings) -> Iterator[Client]:
    """A client of a gateway with credentials of its own, which it has not used yet."""
    settings = surroundings.settings_with_own_credentials(upstream_max_connections=200)
    with running_gateway(settings) as url:
        client = Client(url, surroundings.issuer.token(time.time()))
        with client.http:
            yield client


def unavailable(message: str, *, retryable: bool) -> dict[str, Any]:
    """The member of the union for calls that were not made, or refused."""
    return {
        "__typename": "UpstreamUnavailableError",
        "message": message,
        "code": "UPSTREAM_UNAVAILABLE",
        "outcome": "NOT_APPLIED",
        "retryable": retryable,
        "problem": None,
        "retryAfterSeconds": None,
    }


NO_TOKEN = unavailable("The service cannot be reached at the moment.", retryable=True)
REFUSED = unavailable("The service does not accept requests from us.", retryable=False)


def sent(surroundings: Surroundings) -> list[tuple[str, str, bytes]]:
    """What the REST API was sent: method, token and body."""
    return [
        (call.method, ", ".join(call.header("authorization")), call.body)
        for call in surroundings.calls
    ]


def test_cold_start(client: Client, surroundings: Surroundings) -> None:
    """Two hundred calls at once on a cold gateway share one token and one key-set request.

    Each is tried a second time where the answer takes a moment: a machine may be that busy.
    """
    headers = {"Authorization": f"Bearer {client.token}"}
    bodies = send_all(client.url, [(headers, RENAMING)] * 200, at_a_time=200)

    token, keys, calls = (len(surroundings.received(path)) for path in ("/token", "/keys", "/v1"))
    assert (bodies, calls) == ([RENAMED] * 200, 200)
    assert {token, keys} <= {1, 2}


def test_refused_token(client: Client, surroundings: Surroundings) -> None:
    """After a 401 the token is renewed once and the same write sent once more."""
    refused: list[RecordedRequest] = []

    def api(call: RecordedRequest) -> Answer:
        if call.header("authorization") == ("Bearer second",):
            return reply(204)
        refused.append(call)
        return reply(401)

    surroundings.token = lambda _: token_reply("second" if refused else "first")
    surroundings.api = api

    result = client.rename("5514123", {"name": "Best customers"})

    body = b'{"name":"Best customers"}'
    assert (result, sent(surroundings)) == (
        RENAMED["data"]["updateContactGroup"],
        [("PATCH", "Bearer first", body), ("PATCH", "Bearer second", body)],
    )


def test_refused_again(client: Client, surroundings: Surroundings) -> None:
    """A second 401 is not the caller's fault: the service is unavailable, nothing was changed."""
    surroundings.api = lambda _: reply(401, '{"title": "ours alone"}')

    results = [client.rename("5514123", {"name": "x"}) for _ in range(3)]

    tokens, calls = (len(surroundings.received(path)) for path in ("/token", "/v1"))
    assert (results, calls) == ([REFUSED] * 3, 4)
    assert 2 <= tokens <= 4  # each may have been tried a second time


DOWN: dict[str, tuple[Answer, dict[str, Any]]] = {
    "no answer": (DROP, NO_TOKEN),
    "failing": (reply(503), NO_TOKEN),
    "nonsense": (Answer(b"NONSENSE\r\n\r\n"), NO_TOKEN),
    "refusing": (reply(401, '{"error":"invalid_client"}'), REFUSED),
}


@pytest.mark.parametrize(("answer", "expected"), DOWN.values(), ids=DOWN)
def test_no_token(
    answer: Answer, expected: dict[str, Any], client: Client, surroundings: Surroundings
) -> None:
    """Without a token nothing is sent, and the reply says so."""
    surroundings.token = lambda _: answer

    result = client.rename("5514123", {"name": "x"})

    assert (result, surroundings.calls) == (expected, [])


def test_token_that_is_late(surroundings: Surroundings) -> None:
    """Nobody waits for a token beyond the deadline of the request."""
    surroundings.token = lambda _: HANG
    settings = surroundings.settings_with_own_credentials(upstream_deadline=0.2)
    with running_gateway(settings) as url:
        client = Client(url, surroundings.issuer.token(time.time()))
        with client.http:
            result = client.rename("5514123", {"name": "x"})

    assert (result, surroundings.calls) == (NO_TOKEN, [])


def test_no_token_for_a_query(client: Client, surroundings: Surroundings) -> None:
    """A query has the same code in its errors."""
    surroundings.token = lambda _: reply(400)

    response = client.post("{ contactGroup(id: 1) { id } }", X_Request_Id="one")

    assert response.json() == {
        "data": {"contactGroup": None},
        "errors": [
            {
                "message": REFUSED["message"],
                "locations": [{"line": 1, "column": 3}],
                "path": ["contactGroup"],
                "extensions": {"code": "UPSTREAM_UNAVAILABLE", "requestId": "one"},
            }
        ],
    }


def test_forged_token(client: Client, surroundings: Surroundings) -> None:
    """Nobody makes the gateway ask for a token of its own without having one."""
    response = client.post(RENAME, RENAMING, Authorization="Bearer forged")

    assert (response.status_code, surroundings.received("/token")) == (401, [])
