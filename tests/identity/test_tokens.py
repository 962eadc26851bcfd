"""Who gets in: every kind of token over real sockets, and the shapes of its header."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contact_gateway.identity import (
    InvalidTokenError,
    Issuers,
    KeySet,
    Principal,
    TokenRules,
    TokenVerifier,
)
from contact_gateway.rest_client import Document
from tests.client import RENAME, Client
from tests.identity.forging import Make, claims, sized
from tests.identity.issuer import AUDIENCE, ISSUER, Issuer, assemble, scopes_in
from tests.identity.surroundings import RENAMED, RENAMING, Surroundings
from tests.identity.token_vectors import FORGED, GENUINE

REFUSAL = {
    "errors": [
        {
            "message": "Expected a valid access token as `Authorization: Bearer`.",
            "extensions": {"code": "UNAUTHENTICATED"},
        }
    ]
}
ALL_FORGED = {name: make for group in FORGED.values() for name, make in group.items()}
INVALID, BARE = 'Bearer error="invalid_token"', "Bearer"


def seen(response: httpx.Response) -> tuple[int, dict[str, str], Any]:
    """All of a response but what names the single request."""
    headers = {
        name: value
        for name, value in response.headers.items()
        if name not in {"x-request-id", "date"}
    }
    return response.status_code, headers, response.json()


def refused(challenge: str) -> tuple[int, dict[str, str], Any]:
    """What every caller sees who is not let in."""
    headers = {
        "content-type": "application/graphql-response+json; charset=utf-8",
        "content-length": "124",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "www-authenticate": challenge,
    }
    return 401, headers, REFUSAL


def promptly(send: Callable[[float], httpx.Response]) -> httpx.Response:
    """The response to a token made at a time, if it was verified within a second of that time.

    The dates of some tokens are a second off what is refused; where the machine was slower than
    that, another token is sent.
    """
    while True:
        now = time.time()
        response = send(now)
        if time.time() - now < 1:
            return response


def rename(client: Client, *headers: tuple[str, str], query: str = "") -> httpx.Response:
    """Ask for the mutation with these headers alone."""
    return client.send(headers, RENAMING, query=query)


@pytest.mark.parametrize("make", GENUINE.values(), ids=GENUINE)
def test_genuine(make: Make, issuer: Issuer, shared_client: Client) -> None:
    """A token that keeps every rule is believed, whichever algorithm of the list signed it."""
    response = promptly(
        lambda now: rename(shared_client, ("Authorization", f"Bearer {make(issuer, now)}"))
    )

    assert (response.status_code, response.json()) == (200, RENAMED)


@pytest.mark.parametrize("make", ALL_FORGED.values(), ids=ALL_FORGED)
def test_forged(
    make: Make, issuer: Issuer, shared_client: Client, shared_surroundings: Surroundings
) -> None:
    """A token that breaks one rule is refused as any other is, and the upstream is not called."""
    shared_surroundings.upstream.received.clear()

    response = promptly(
        lambda now: rename(shared_client, ("Authorization", f"Bearer {make(issuer, now)}"))
    )

    assert (seen(response), shared_surroundings.calls) == (refused(INVALID), [])


def test_largest(issuer: Issuer, shared_client: Client, shared_surroundings: Surroundings) -> None:
    """A token of over 16 KiB is refused with a sentence, whoever made it, and goes nowhere."""
    shared_surroundings.upstream.received.clear()
    now = time.time()
    tokens = [sized(16_385)(issuer, now), "x" * 16_385]

    responses = [rename(shared_client, ("Authorization", f"Bearer {token}")) for token in tokens]

    seen_of_each = [
        (response.status_code, response.json()["errors"][0]["message"]) for response in responses
    ]
    sentence = "Expected an access token of at most 16 KiB."
    assert (seen_of_each, shared_surroundings.calls) == ([(431, sentence)] * 2, [])


@pytest.mark.parametrize("reason", FORGED)
def test_reason(reason: str, issuer: Issuer) -> None:
    """The log is told which rule a token breaks, and nothing of the token."""
    now = time.time()

    reasons = {
        name: refusal(issuer, make(issuer, now), now) for name, make in FORGED[reason].items()
    }

    assert reasons == dict.fromkeys(FORGED[reason], reason)


GOOD = "GOOD"
HEADERS: dict[str, tuple[list[str], bool]] = {
    "as usual": (["Bearer GOOD"], True),
    "another case": (["bEARER GOOD"], True),
    "several spaces": (["Bearer   GOOD"], True),
    "twice": (["Bearer GOOD", "Bearer GOOD"], False),
    "another one first": (["Basic Zm9v", "Bearer GOOD"], False),
    "two in one": (["Bearer GOOD, Bearer GOOD"], False),
    "no token": (["Bearer"], False),
    "empty": ([""], False),
    "a tab": (["Bearer\tGOOD"], False),
    "no scheme": (["GOOD"], False),
    "another scheme": (["Basic GOOD"], False),
    "a scheme that begins alike": (["BearerGOOD"], False),
    "in quotes": (['Bearer "GOOD"'], False),
    "something after it": (["Bearer GOOD x"], False),
    "a parameter": (["Bearer token=GOOD"], False),
    "a letter outside ASCII": (["Bearer GOOD\xe9"], False),
}


@pytest.mark.parametrize(("values", "believed"), HEADERS.values(), ids=HEADERS)
def test_header(
    values: list[str],
    believed: bool,  # noqa: FBT001 - a column of the table
    issuer: Issuer,
    shared_client: Client,
) -> None:
    """Exactly one Authorization header with one bearer token (RFC 6750 section 2.1) counts."""
    token = issuer.token(time.time())

    response = rename(
        shared_client, *[("Authorization", value.replace(GOOD, token)) for value in values]
    )

    if believed:
        assert (response.status_code, response.json()) == (200, RENAMED)
    else:
        assert seen(response) == refused(INVALID)


def test_no_credentials(shared_client: Client) -> None:
    """Whoever sends no credentials is told only which scheme to use (RFC 6750 section 3.1)."""
    response = rename(shared_client)

    assert seen(response) == refused(BARE)


def test_token_elsewhere(issuer: Issuer, shared_client: Client) -> None:
    """A token in the URL, a body or a cookie is none (RFC 9700 section 4.3.2)."""
    token = issuer.token(time.time())

    responses = [
        rename(shared_client, query=f"?access_token={token}"),
        rename(shared_client, ("Cookie", f"access_token={token}")),
        shared_client.http.post(
            f"{shared_client.url}/graphql",
            json={"query": RENAME, "variables": RENAMING, "access_token": token},
        ),
        shared_client.http.post(f"{shared_client.url}/graphql", data={"access_token": token}),
    ]

    assert [seen(response) for response in responses] == [refused(BARE)] * 4


EDGES = {
    "exp": [(-31, False), (-30, False), (-29, True), (253_402_300_799 - 1_800_000_000, True)],
    "nbf": [(29, True), (30, True), (31, False)],
    "iat": [(29, True), (30, True), (31, False), (-1_800_000_000, True)],
}


@pytest.mark.parametrize(
    ("name", "offset", "believed"),
    [(name, offset, believed) for name, edges in EDGES.items() for offset, believed in edges],
)
def test_dates_to_the_second(name: str, offset: int, believed: bool, issuer: Issuer) -> None:  # noqa: FBT001
    """The leeway is 30 seconds for each date, on a clock that stands still."""
    now = 1_800_000_000.0

    reason = refusal(issuer, claims("ES256", **{name: offset})(issuer, now), now)

    assert reason == (None if believed else name)


def test_types_of_settings(issuer: Issuer) -> None:
    """Types to accept are compared as RFC 7515 section 4.1.9 says, in settings and in tokens."""
    now = time.time()

    principal = verify(issuer, issuer.token(now), now, types=frozenset({"Application/AT+JWT"}))

    assert (principal.subject, principal.customers) == ("somebody", frozenset({5690}))


@pytest.mark.parametrize("name", ["Ed25519", "EdDSA"])
def test_names_of_rfc_9864(name: str, issuer: Issuer) -> None:
    """The algorithm's old and new names are two: each must be on the list to be accepted."""
    now = time.time()
    token = assemble(
        issuer.header("EdDSA", alg=name), issuer.claims(now), issuer.keys["EdDSA"], name
    )

    on_the_list = refusal(issuer, token, now, algorithms=frozenset({name}))
    only_the_other = refusal(
        issuer, token, now, algorithms=frozenset({"EdDSA", "Ed25519"} - {name})
    )

    assert (on_the_list, only_the_other) == (None, "alg")


def verify(issuer: Issuer, token: str, now: float, **changes: Any) -> Principal:
    """What a verifier says whose clock shows `now`."""
    rules = TokenRules(
        **{
            "issuers": frozenset({ISSUER}),
            "audiences": frozenset({AUDIENCE}),
            "algorithms": frozenset({"RS256", "PS256", "ES256", "EdDSA"}),
            "types": frozenset({"at+jwt"}),
            "scopes": scopes_in("scope"),
            "customer_claim": "customer_id",
            **changes,
        }
    )

    async def fetch() -> Document:
        return Document(issuer.document())

    issuers = Issuers({ISSUER: KeySet(fetch)})
    return asyncio.run(TokenVerifier(issuers, rules, lambda: now).verify(token))


def refusal(issuer: Issuer, token: str, now: float, **changes: Any) -> str | None:
    """Why a verifier refuses a token, None if it does not."""
    try:
        verify(issuer, token, now, **changes)
    except InvalidTokenError as error:
        return str(error)
    return None
