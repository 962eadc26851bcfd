"""Token, customer and scope: who is let in, and in which order the checks run."""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import TYPE_CHECKING

import pytest
from joserfc.jwk import RSAKey

from contact_gateway.sandbox import Grant, Sandbox, TokenIssuer

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.sandbox.client import Client

    MakeToken = Callable[[Sandbox], str]

UPDATE = ("PATCH", "/v1/contactGroups/5514123")
LIST = ("GET", "/v1/contactGroups")


def claims(sandbox: Sandbox, **changes: object) -> dict[str, object]:
    """The claims of a good token, with some of them changed."""
    return {
        "iss": sandbox.url,
        "aud": "contact-gateway",
        "exp": int(time.time()) + 60,
        "scope": "contacts:read contacts:write",
        "customer_id": 5690,
    } | changes


def without(sandbox: Sandbox, claim: str) -> str:
    """A genuine token that lacks a claim."""
    return sandbox.tokens.sign({k: v for k, v in claims(sandbox).items() if k != claim})


def of_other_key(sandbox: Sandbox) -> str:
    """A token of the same issuer, but signed with another key."""
    return TokenIssuer(sandbox.url).sign(claims(sandbox))


def unsigned(sandbox: Sandbox) -> str:
    """A token whose algorithm is `none`."""
    return signing_input("none", claims(sandbox)) + "."


def signed_with_public_key(sandbox: Sandbox) -> str:
    """A token with an HMAC over the public key, which is no secret."""
    public = RSAKey.import_key(sandbox.tokens.key_set()["keys"][0]).as_pem(private=False)
    text = signing_input("HS256", claims(sandbox))
    return f"{text}.{segment(hmac.digest(public, text.encode(), 'sha256'))}"


def signing_input(algorithm: str, payload: dict[str, object]) -> str:
    """Header and claims in compact form; by hand, because no library signs what is not safe."""
    header = {"alg": algorithm, "typ": "at+jwt"}
    return f"{segment(json.dumps(header).encode())}.{segment(json.dumps(payload).encode())}"


def segment(raw: bytes) -> str:
    """One segment of a compact JWT."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


BAD_TOKENS: dict[str, MakeToken] = {
    "no JWT": lambda _: "abc",
    "no JSON inside": lambda _: "e30.e30.e30",
    "not ASCII": lambda _: "é.é.é",
    "expired": lambda sandbox: sandbox.tokens.sign(claims(sandbox, exp=int(time.time()) - 1)),
    "another audience": lambda sandbox: sandbox.tokens.sign(claims(sandbox, aud="other")),
    "another issuer": lambda sandbox: sandbox.tokens.sign(claims(sandbox, iss="http://other")),
    "another type": lambda sandbox: sandbox.tokens.sign(claims(sandbox), token_type="JWT"),
    "no exp": lambda sandbox: without(sandbox, "exp"),
    "no aud": lambda sandbox: without(sandbox, "aud"),
    "no iss": lambda sandbox: without(sandbox, "iss"),
    "exp is text": lambda sandbox: sandbox.tokens.sign(claims(sandbox, exp="tomorrow")),
    "another key": of_other_key,
    "unsigned": unsigned,
    "signed with the public key": signed_with_public_key,
}


def call(
    client: Client, operation: tuple[str, str], headers: list[tuple[str, str]]
) -> httpx.Response:
    """Call an operation with exactly these headers and input that is good."""
    method, path = operation
    body = b'{"name": "New"}' if method == "PATCH" else None
    return client.http.request(
        method,
        path,
        content=body,
        headers=[(name.encode(), value.encode("latin-1")) for name, value in headers],
    )


def assert_problem(response: httpx.Response, status: int, detail: str) -> None:
    """The response is a problem document with that status and detail."""
    assert (response.status_code, response.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
    document = response.json()
    assert (document["status"], document["detail"]) == (status, detail)


@pytest.mark.parametrize("operation", [UPDATE, LIST])
@pytest.mark.parametrize("kind", BAD_TOKENS)
def test_bad_token(client: Client, sandbox: Sandbox, operation: tuple[str, str], kind: str) -> None:
    """Every bad token is answered 401 in the same words, even with everything else wrong too."""
    headers = [("Authorization", f"Bearer {BAD_TOKENS[kind](sandbox)}"), ("Customer-Id", "x")]

    response = call(client, operation, headers)

    assert_problem(response, 401, "The access token is missing, not valid or expired.")
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("operation", [UPDATE, LIST])
@pytest.mark.parametrize("prefixes", [[], ["Basic "], ["Token "], [""], ["Bearer ", "Bearer "]])
def test_authorization_that_is_no_bearer_token(
    client: Client, operation: tuple[str, str], prefixes: list[str]
) -> None:
    """No header, another scheme, or two headers: 401, although the token itself is good."""
    headers = [("Authorization", prefix + client.token()) for prefix in prefixes]

    response = call(client, operation, [*headers, ("Customer-Id", "5690")])

    assert_problem(response, 401, "The access token is missing, not valid or expired.")


def test_scheme_in_another_case(client: Client) -> None:
    """The scheme is matched without regard to case (RFC 9110, section 11.1)."""
    headers = [("Authorization", f"bEARER {client.token()}"), ("Customer-Id", "5690")]

    assert call(client, LIST, headers).status_code == 200


@pytest.mark.parametrize("operation", [UPDATE, LIST])
@pytest.mark.parametrize(
    "values", [[], [""], ["0"], ["-1"], ["abc"], ["5690.0"], [str(2**63)], ["5690", "5690"]]
)
def test_bad_customer_header(client: Client, operation: tuple[str, str], values: list[str]) -> None:
    """Missing, malformed or sent twice: 400, before the scope is looked at."""
    token = client.with_scopes("contacts:other").token()
    headers = [("Customer-Id", value) for value in values]

    response = call(client, operation, [("Authorization", f"Bearer {token}"), *headers])

    assert_problem(
        response, 400, "The header Customer-Id must be sent once, with the id of a customer."
    )


@pytest.mark.parametrize(
    ("operation", "scope"), [(UPDATE, "contacts:write"), (LIST, "contacts:read")]
)
def test_scope_that_is_only_similar(client: Client, operation: tuple[str, str], scope: str) -> None:
    """The scope is matched exactly, before the customer: 403, and the challenge names it."""
    token = client.of(1).with_scopes(f"x{scope}", scope.upper(), f"{scope}_", scope[:-1]).token()
    headers = [("Authorization", f"Bearer {token}"), ("Customer-Id", "5690")]

    response = call(client, operation, headers)

    assert_problem(response, 403, f"The access token does not have the scope {scope}.")
    assert response.headers["www-authenticate"] == (
        f'Bearer error="insufficient_scope", scope="{scope}"'
    )


@pytest.mark.parametrize(("operation"), [UPDATE, LIST])
@pytest.mark.parametrize("customer", ["7310", "1", str(2**63 - 1)])
def test_customer_that_the_token_does_not_name(
    client: Client, operation: tuple[str, str], customer: str
) -> None:
    """A customer outside the token's claim is refused with 403."""
    headers = [("Authorization", f"Bearer {client.token()}"), ("Customer-Id", customer)]

    response = call(client, operation, headers)

    assert_problem(response, 403, f"The access token is not valid for customer {customer}.")


def test_token_without_scope_or_customer(client: Client, sandbox: Sandbox) -> None:
    """A token that names no customer and no scope opens nothing."""
    statuses = [
        call(
            client, LIST, [("Authorization", f"Bearer {token}"), ("Customer-Id", "5690")]
        ).status_code
        for token in (
            without(sandbox, "scope"),
            without(sandbox, "customer_id"),
            sandbox.tokens.sign(claims(sandbox, scope=["contacts:read"])),
        )
    ]

    assert statuses == [403, 403, 403]


@pytest.mark.parametrize("customer", ["5690", "7310"])
def test_token_for_two_customers(client: Client, sandbox: Sandbox, customer: str) -> None:
    """With two customers in the token the header chooses."""
    grant = Grant(client_id="test", scopes=("contacts:read",), customers=(5690, 7310))
    token = sandbox.tokens.issue(grant)

    response = call(client, LIST, [("Authorization", f"Bearer {token}"), ("Customer-Id", customer)])

    assert response.status_code == 200


@pytest.mark.parametrize("group", ["abc", "404", "5514123", "9001"])
def test_input_after_access(client: Client, group: str) -> None:
    """Neither path, body, scenario nor data is looked at before the caller is let in."""
    response = client.with_scopes("contacts:read").patch(group, b"{")

    assert response.status_code == 403


@pytest.mark.parametrize("group", ["400", "404", "9001", "9002", "9003", "9004"])
def test_scenario_after_input(client: Client, group: str) -> None:
    """A scenario needs input that is good."""
    assert client.patch(group, b"{}").status_code == 422
