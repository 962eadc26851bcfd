"""`POST /auth/tokens` and the key set."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet

from contact_gateway.sandbox import Sandbox, TokenIssuer
from contact_gateway.sandbox.token_issuer import InvalidTokenError

if TYPE_CHECKING:
    import httpx

    from tests.sandbox.client import Client

DEVELOPMENT = {
    "grant_type": "client_credentials",
    "client_id": "development",
    "client_secret": "development-secret",
}
READER = DEVELOPMENT | {"client_id": "reader", "client_secret": "reader-secret"}
GATEWAY = DEVELOPMENT | {"client_id": "gateway", "client_secret": "gateway-secret"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def ask(http: httpx.Client, form: dict[str, str]) -> httpx.Response:
    """Ask for a token with the form as body."""
    return http.post("/auth/tokens", data=form)


def token(http: httpx.Client, form: dict[str, str]) -> jwt.Token:
    """The token that the form gets, verified against the published key set."""
    keys = KeySet.import_key_set(http.get("/.well-known/jwks.json").json())
    return jwt.decode(ask(http, form).json()["access_token"], keys, ["RS256"])


def test_reply(http: httpx.Client) -> None:
    """The reply has the two documented members and may not be cached."""
    response = ask(http, DEVELOPMENT)

    assert (response.status_code, response.headers["cache-control"], list(response.json())) == (
        200,
        "no-store",
        ["access_token", "expires_in"],
    )
    assert response.json()["expires_in"] == 3600


def test_claims(http: httpx.Client, sandbox: Sandbox) -> None:
    """The token is an access token after RFC 9068 with scope and customer."""
    got = token(http, DEVELOPMENT)

    issued, identity = got.claims.pop("iat"), got.claims.pop("jti")
    assert got.header == {
        "alg": "RS256",
        "typ": "at+jwt",
        "kid": sandbox.tokens.key_set()["keys"][0]["kid"],
    }
    assert got.claims == {
        "iss": sandbox.url,
        "aud": "contact-gateway",
        "sub": "development",
        "client_id": "development",
        "exp": issued + 3600,
        "scope": "contacts:read contacts:write",
        "customer_id": 5690,
    }
    assert abs(issued - time.time()) < 5
    assert len(identity) == 32


@pytest.mark.parametrize(
    ("form", "scope", "customer"),
    [
        (READER, "contacts:read", 5690),
        (GATEWAY, "contacts:read contacts:write", [5690, 7310]),
        (GATEWAY | {"customer_id": "7310"}, "contacts:read contacts:write", 7310),
        (GATEWAY | {"scope": "contacts:write"}, "contacts:write", [5690, 7310]),
        (DEVELOPMENT | {"scope": "contacts:write-all x"}, "contacts:write-all x", 5690),
        (DEVELOPMENT | {"customer_id": "7310"}, "contacts:read contacts:write", 7310),
        (DEVELOPMENT | {"customer_id": "7310 5690"}, "contacts:read contacts:write", [7310, 5690]),
        (DEVELOPMENT | {"scope": "", "customer_id": ""}, "contacts:read contacts:write", 5690),
    ],
)
def test_scope_and_customer(
    http: httpx.Client, form: dict[str, str], scope: str, customer: object
) -> None:
    """A client gets what it asks for, or its defaults: one customer a number, several an array."""
    claims = token(http, form).claims

    assert (claims["scope"], claims["customer_id"]) == (scope, customer)


def test_lifetime(http: httpx.Client) -> None:
    """A shorter lifetime may be asked for; reply and token agree on it."""
    form = DEVELOPMENT | {"expires_in": "7"}

    claims = token(http, form).claims

    assert (claims["exp"] - claims["iat"], ask(http, form).json()["expires_in"]) == (7, 7)


def test_token_works(client: Client) -> None:
    """The API accepts the token."""
    access_token = ask(client.http, READER).json()["access_token"]

    response = client.http.get(
        "/v1/contactGroups",
        headers={"Authorization": f"Bearer {access_token}", "Customer-Id": "5690"},
    )

    assert response.status_code == 200


def test_basic(http: httpx.Client) -> None:
    """The credentials may come as HTTP Basic, form-encoded before they are joined."""
    response = http.post(
        "/auth/tokens",
        data={"grant_type": "client_credentials", "client_id": "development"},
        auth=("development", "development%2Dsecret"),
    )

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
        (DEVELOPMENT | {"client_id": "nobody"}, 401, "invalid_client"),
        (DEVELOPMENT | {"client_secret": "wrong"}, 401, "invalid_client"),
        (DEVELOPMENT | {"client_secret": "é"}, 401, "invalid_client"),
        (DEVELOPMENT | {"client_secret": ""}, 401, "invalid_client"),
        (DEVELOPMENT | {"grant_type": "password"}, 400, "unsupported_grant_type"),
        (DEVELOPMENT | {"grant_type": ""}, 400, "invalid_request"),
        (DEVELOPMENT | {"scope": "a  b"}, 400, "invalid_scope"),
        (DEVELOPMENT | {"scope": 'a"b'}, 400, "invalid_scope"),
        (READER | {"scope": "contacts:write"}, 400, "invalid_scope"),
        (READER | {"scope": "contacts:read contacts:write"}, 400, "invalid_scope"),
        (READER | {"customer_id": "7310"}, 400, "invalid_request"),
        (DEVELOPMENT | {"customer_id": "1"}, 400, "invalid_request"),
        (DEVELOPMENT | {"customer_id": "abc"}, 400, "invalid_request"),
        (DEVELOPMENT | {"expires_in": "0"}, 400, "invalid_request"),
        (DEVELOPMENT | {"expires_in": "3601"}, 400, "invalid_request"),
        (DEVELOPMENT | {"expires_in": "1.5"}, 400, "invalid_request"),
    ],
)
def test_refusal(http: httpx.Client, form: dict[str, str], status: int, code: str) -> None:
    """A refusal has a code of RFC 6749, section 5.2, and may not be cached either."""
    response = ask(http, form)

    assert (response.status_code, response.json()["error"], response.headers["cache-control"]) == (
        status,
        code,
        "no-store",
    )
    assert ("www-authenticate" in response.headers) == (status == 401)


@pytest.mark.parametrize(
    "body",
    [
        b"grant_type",
        b"grant_type=client_credentials&grant_type=client_credentials",
        b"grant_type=%ff",
        b"\xff=1",
        b'{"grant_type": "client_credentials"}',
    ],
)
def test_form_that_cannot_be_parsed(http: httpx.Client, body: bytes) -> None:
    """A body that is no form, or names a parameter twice, is an invalid request."""
    response = http.post("/auth/tokens", content=body, headers=FORM)

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_json_body(http: httpx.Client) -> None:
    """Parameters as JSON are an invalid request."""
    response = http.post("/auth/tokens", json=DEVELOPMENT)

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_form_too_large(http: httpx.Client) -> None:
    """A form over 8 KiB is refused."""
    response = ask(http, DEVELOPMENT | {"scope": "x" * 8192})

    assert response.status_code == 413


@pytest.mark.parametrize(
    "values",
    [["Basic !"], ["Basic"], ["Basic YQ=="], ["Bearer abc"], ["Basic /w=="], ["Basic YTpi"] * 2],
)
def test_authorization_that_cannot_be_read(http: httpx.Client, values: list[str]) -> None:
    """Such credentials are answered 401 with a challenge."""
    headers = [*FORM.items(), *(("Authorization", value) for value in values)]

    response = http.post("/auth/tokens", content=b"grant_type=client_credentials", headers=headers)

    assert (
        response.status_code,
        response.json()["error"],
        response.headers["www-authenticate"],
    ) == (
        401,
        "invalid_client",
        'Basic realm="sandbox"',
    )


def test_credentials_in_both_places(http: httpx.Client) -> None:
    """Credentials in the header and in the body are an invalid request (section 2.3)."""
    response = http.post(
        "/auth/tokens", data=DEVELOPMENT, auth=("development", "development-secret")
    )

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_key_set(http: httpx.Client) -> None:
    """The key set has one RSA key for RS256 signatures, and nothing of its private half."""
    keys = http.get("/.well-known/jwks.json").json()["keys"]

    assert [set(key) for key in keys] == [{"kty", "kid", "use", "alg", "n", "e"}]
    assert (keys[0]["kty"], keys[0]["use"], keys[0]["alg"]) == ("RSA", "sig", "RS256")


ISSUER = TokenIssuer("http://127.0.0.1:1")
GOOD = ISSUER.sign({"iss": ISSUER.issuer, "aud": "contact-gateway", "exp": 2**40})


@settings(deadline=None, max_examples=50)
@given(
    st.one_of(
        st.text(),
        st.lists(st.binary().map(lambda raw: raw.hex()), min_size=3, max_size=3).map(".".join),
        st.tuples(st.integers(0, len(GOOD) - 1), st.characters()).map(
            lambda change: GOOD[: change[0]] + change[1] + GOOD[change[0] :]
        ),
    )
)
def test_any_other_text(text: str) -> None:
    """Whatever is not exactly an issued token is refused, never a crash."""
    with pytest.raises(InvalidTokenError):
        ISSUER.verify(text)
