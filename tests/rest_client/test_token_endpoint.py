"""What the token endpoint is asked, and how its answers are read."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from contact_gateway.rest_client import HTTP11Transport
from contact_gateway.rest_client.problems import (
    CredentialsRefusedError,
    NoTokenError,
    UpstreamError,
)
from contact_gateway.rest_client.token_endpoint import IssuedToken, TokenEndpoint
from contact_gateway.settings import ClientAuthentication
from tests.scripted_upstream import DROP, Answer, ScriptedUpstream, reply

CLIENT_ID, SECRET = "gate way:1", "sécret+/%&="
FORM_SECRET = b"s%C3%A9cret%2B%2F%25%26%3D"
DAY = 86_400.0


def ask(
    upstream: ScriptedUpstream,
    authentication: ClientAuthentication = ClientAuthentication.BODY,
    path: str = "/auth/tokens",
) -> IssuedToken:
    """Ask an endpoint for a token."""

    async def asked() -> IssuedToken:
        async with HTTP11Transport() as transport:
            return await TokenEndpoint(
                transport, f"{upstream.url}{path}", CLIENT_ID, SecretStr(SECRET), authentication
            ).request_token()

    return asyncio.run(asked())


def answered(document: Any) -> Answer:
    """A 200 with a document as its body."""
    return reply(200, json.dumps(document), Content_Type="application/json")


def test_credentials_in_the_body(scripted: ScriptedUpstream) -> None:
    """The form holds grant and credentials, no scope; the URL and the headers hold none of it."""
    scripted.answers(answered({"access_token": "abc", "expires_in": 60}))

    issued = ask(scripted, path="/auth/tokens?tenant=1")

    (request,) = scripted.received
    assert issued == IssuedToken("abc", 60)
    assert (request.method, request.target, request.body, request.header("authorization")) == (
        "POST",
        "/auth/tokens?tenant=1",
        b"grant_type=client_credentials&client_id=gate+way%3A1&client_secret=" + FORM_SECRET,
        (),
    )
    assert (request.header("content-type"), request.header("accept")) == (
        ("application/x-www-form-urlencoded",),
        ("application/json",),
    )


def test_credentials_as_basic(scripted: ScriptedUpstream) -> None:
    """With Basic both halves are form-encoded first (RFC 6749 section 2.3.1)."""
    scripted.answers(answered({"access_token": "abc", "expires_in": 60}))

    ask(scripted, ClientAuthentication.BASIC)

    (request,) = scripted.received
    basic = httpx.BasicAuth("gate+way%3A1", "s%C3%A9cret%2B%2F%25%26%3D")
    expected = next(basic.auth_flow(httpx.Request("GET", "http://_"))).headers["Authorization"]
    assert (request.body, request.header("authorization")) == (
        b"grant_type=client_credentials",
        (expected,),
    )


LIFETIMES: list[tuple[Any, float]] = [
    (60, 60),
    (0.5, 0.5),
    ("3600", 3600),
    (86_401, DAY),
    (10**300, DAY),
    ("9" * 400, DAY),
    ("Infinity", DAY),
    (0, 300),
    (-1, 300),
    ("", 300),
    ("soon", 300),
    ("NaN", 300),
    (None, 300),
    (True, 300),
    ([60], 300),
    ({}, 300),
]


@pytest.mark.parametrize(("expires_in", "lifetime"), LIFETIMES)
def test_lifetime(expires_in: Any, lifetime: float, scripted: ScriptedUpstream) -> None:
    """A lifetime is a positive number of seconds up to a day; what is none counts as 300."""
    scripted.answers(answered({"access_token": "abc", "expires_in": expires_in}))

    assert ask(scripted) == IssuedToken("abc", lifetime)


def test_token_type(scripted: ScriptedUpstream) -> None:
    """The type may be left out, and its case does not matter (RFC 6749 section 5.1)."""
    scripted.answers(answered({"access_token": "abc", "token_type": "bEARER"}))

    assert ask(scripted) == IssuedToken("abc", 300)


FAILURES: dict[str, tuple[Answer, type[UpstreamError]]] = {
    "no JSON": (reply(200, "<html>"), NoTokenError),
    "nothing": (reply(200), NoTokenError),
    "not UTF-8": (reply(200, b'{"access_token":"\xff"}'), NoTokenError),
    "a list": (answered([]), NoTokenError),
    "a string": (answered("abc"), NoTokenError),
    "no token": (answered({"expires_in": 60}), NoTokenError),
    "token null": (answered({"access_token": None}), NoTokenError),
    "token a number": (answered({"access_token": 7}), NoTokenError),
    "token empty": (answered({"access_token": ""}), NoTokenError),
    "token with a line break": (answered({"access_token": "a\r\nX: y"}), NoTokenError),
    "token with a space": (answered({"access_token": "a b"}), NoTokenError),
    "token not ASCII": (answered({"access_token": "\u00e9"}), NoTokenError),
    "another type": (answered({"access_token": "a", "token_type": "mac"}), NoTokenError),
    "type a number": (answered({"access_token": "a", "token_type": 1}), NoTokenError),
    "over 64 KiB": (answered({"access_token": "a", "x": "x" * 65_536}), NoTokenError),
    "compressed": (reply(200, b"{}", Content_Encoding="gzip"), NoTokenError),
    "201": (reply(201, '{"access_token": "a"}'), NoTokenError),
    "302": (reply(302, Location="/elsewhere"), NoTokenError),
    "408": (reply(408), NoTokenError),
    "429": (reply(429), NoTokenError),
    "500": (reply(500), NoTokenError),
    "503": (reply(503), NoTokenError),
    "no answer": (DROP, NoTokenError),
    "broken HTTP": (Answer(b"NONSENSE\r\n\r\n"), NoTokenError),
    "400": (reply(400, '{"error": "invalid_client"}'), CredentialsRefusedError),
    "401": (reply(401), CredentialsRefusedError),
    "403": (reply(403), CredentialsRefusedError),
    "404": (reply(404), CredentialsRefusedError),
}


@pytest.mark.parametrize("authentication", ClientAuthentication)
@pytest.mark.parametrize(("answer", "kind"), FAILURES.values(), ids=FAILURES)
def test_failure(
    answer: Answer,
    kind: type[UpstreamError],
    authentication: ClientAuthentication,
    scripted: ScriptedUpstream,
) -> None:
    """Every failure is typed; neither it nor what it came from can show the credentials."""
    scripted.answers(answer)

    with pytest.raises(UpstreamError) as caught:
        ask(scripted, authentication)

    shown = list(chain(caught.value))
    (request,) = scripted.received
    secrets = [SECRET, "s%C3%A9cret", *request.header("authorization")]
    assert type(caught.value) is kind
    assert not [secret for secret in secrets if any(secret in text for text in shown)]


def chain(error: BaseException | None) -> list[str]:
    """All that an error and those before it could show."""
    if error is None:
        return []
    return [repr(error), str(error), *chain(error.__cause__ or error.__context__)]


def test_repr() -> None:
    """Neither the endpoint nor a token can be printed with its secret in it."""
    endpoint = TokenEndpoint(
        HTTP11Transport(),
        "http://localhost",
        CLIENT_ID,
        SecretStr(SECRET),
        ClientAuthentication.BODY,
    )

    shown = [repr(endpoint), repr(vars(endpoint)), repr(IssuedToken("canary", 1))]

    assert not [text for text in shown if SECRET in text or "canary" in text]
