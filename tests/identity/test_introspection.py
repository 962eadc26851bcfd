"""Opaque tokens: what the issuer says of them decides, and nobody is let through without it."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from contact_gateway.settings import PREFIX
from tests.client import RENAME, Client, open_http
from tests.identity.issuer import AUDIENCE, ISSUER, Issuer
from tests.identity.surroundings import (
    CLIENT_ID,
    CLIENT_SECRET,
    OWN_TOKEN,
    RENAMED,
    RENAMING,
    Surroundings,
    introspected,
)
from tests.log_watch import LOGS
from tests.scripted_upstream import (
    DROP,
    HANG,
    RESET,
    Answer,
    RecordedRequest,
    ScriptedUpstream,
    reply,
)
from tests.servers import free_port, running_gateway

TOKEN = "opaque-canary.7~+/="
NOW = time.time()
GOOD: dict[str, Any] = {
    "active": True,
    "aud": AUDIENCE,
    "scope": "contacts:read contacts:write",
    "customer_id": 5690,
    "exp": NOW + 3600,
}
REFUSED = (
    401,
    'Bearer error="invalid_token"',
    None,
    {
        "errors": [
            {
                "message": "Expected a valid access token as `Authorization: Bearer`.",
                "extensions": {"code": "UNAUTHENTICATED"},
            }
        ]
    },
)


def without(*names: str) -> dict[str, Any]:
    """A good answer without some of its members."""
    return {name: value for name, value in GOOD.items() if name not in names}


def asked_about(request: RecordedRequest) -> str:
    """The token that an introspection endpoint is asked about."""
    return parse_qs(request.body.decode(), strict_parsing=True)["token"][0]


def rename(url: str, token: str, customer: str = "5690") -> httpx.Response:
    """Rename a group through the gateway at `url`."""
    client = Client(url, token, customer)
    with client.http:
        return client.post(RENAME, RENAMING)


def refusal(response: httpx.Response) -> tuple[Any, ...]:
    """All of a refusal but its request id."""
    body = response.json()
    body["errors"][0]["extensions"].pop("requestId", None)
    challenge, after = (response.headers.get(each) for each in ("WWW-Authenticate", "Retry-After"))
    return response.status_code, challenge, after, body


class Tokens(dict[str, Answer]):
    """What an introspection endpoint answers about each token; others are not active."""

    def answer(self, request: RecordedRequest) -> Answer:
        """The answer to one question."""
        return self.get(asked_about(request), introspected(active=False))


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    """The tokens of the module's tests, each of which has its own."""
    return Tokens()


@pytest.fixture(scope="module")
def around(issuer: Issuer, tokens: Tokens) -> Iterator[Surroundings]:
    """Surroundings of the module's tests."""
    with ScriptedUpstream() as upstream:
        surroundings = Surroundings(issuer, upstream)
        surroundings.introspection = tokens.answer
        yield surroundings


@pytest.fixture(scope="module")
def url(around: Surroundings) -> Iterator[str]:
    """A gateway that asks those surroundings."""
    with running_gateway(around.settings_with_introspection()) as url:
        yield url


def test_a_token_that_is_active(surroundings: Surroundings) -> None:
    """The issuer is asked with Basic, and the token goes on to the REST API as it is."""
    surroundings.introspection = lambda _: introspected(**GOOD)

    with running_gateway(surroundings.settings_with_introspection()) as url:
        response = rename(url, TOKEN)

    question, (call,) = surroundings.received("/introspect")[0], surroundings.calls
    basic = httpx.BasicAuth("gate+way", "canary%2Bsecret%2F%25%3A")
    credentials = next(basic.auth_flow(httpx.Request("GET", "http://_"))).headers["Authorization"]
    assert response.json() == RENAMED
    assert (question.method, question.body) == (
        "POST",
        b"token=opaque-canary.7~%2B%2F%3D&token_type_hint=access_token",
    )
    assert [question.header(name) for name in ("authorization", "content-type", "accept")] == [
        (credentials,),
        ("application/x-www-form-urlencoded",),
        ("application/json",),
    ]
    assert call.header("authorization") == (f"Bearer {TOKEN}",)


BELIEVED: dict[str, dict[str, Any]] = {
    "several audiences": {**GOOD, "aud": ["other", AUDIENCE]},
    "no end": without("exp"),
    "an end a moment ago": {**GOOD, "exp": NOW - 1},
    "dates with fractions": {**GOOD, "iat": NOW - 0.5, "nbf": NOW - 0.5},
    "scopes in an array": {**GOOD, "scope": ["contacts:write"]},
    "several customers": {**GOOD, "customer_id": ["7310", 5690]},
    "a bearer token": {**GOOD, "token_type": "bEARER", "typ": "Bearer"},
    "an access token": {**GOOD, "token_use": "access_token", "typ": "at+jwt"},
    "members that are null": {**GOOD, "token_type": None, "username": None},
    "another issuer, where none is set": {**GOOD, "iss": "https://other.test/"},
}


@pytest.mark.parametrize("name", BELIEVED)
def test_an_answer_that_is_believed(name: str, url: str, tokens: Tokens) -> None:
    """What may be left out may be left out, and what may have several forms may have them."""
    token = name.replace(" ", "-").replace(",", "")
    answer = {**BELIEVED[name]}
    if name == "an end a moment ago":
        answer["exp"] = time.time() - 1  # within the leeway, whenever this test runs
    tokens[token] = introspected(**answer)

    assert rename(url, token).json() == RENAMED


NOT_BELIEVED: dict[str, dict[str, Any]] = {
    "not active": {**GOOD, "active": False},
    "nothing but not active": {"active": False},
    "nothing but active": {"active": True},
    "another audience": {**GOOD, "aud": "other"},
    "other audiences": {**GOOD, "aud": ["other", AUDIENCE.upper()]},
    "an audience within another": {**GOOD, "aud": f"{AUDIENCE}-2"},
    "no audience": without("aud"),
    "an audience that is null": {**GOOD, "aud": None},
    "an audience in an object": {**GOOD, "aud": {AUDIENCE: True}},
    "over": {**GOOD, "exp": NOW - 3600},
    "an end as text": {**GOOD, "exp": str(NOW + 3600)},
    "an end that is true": {**GOOD, "exp": True},
    "an end that is null": {**GOOD, "exp": None},
    "an end beyond all clocks": {**GOOD, "exp": 10**20},
    "not before an hour": {**GOOD, "nbf": NOW + 3600},
    "issued in an hour": {**GOOD, "iat": NOW + 3600},
    "a subject that is none": {**GOOD, "sub": 7},
    "a refresh token": {**GOOD, "token_use": "refresh_token"},
    "a refresh token of Keycloak": {**GOOD, "typ": "Refresh"},
    "an ID token": {**GOOD, "typ": "ID"},
    "bound to a key": {**GOOD, "token_type": "DPoP"},
    "a type that is none": {**GOOD, "token_type": ["Bearer"]},
}


@pytest.mark.parametrize("name", NOT_BELIEVED)
def test_an_answer_that_refuses(name: str, url: str, tokens: Tokens, around: Surroundings) -> None:
    """The caller gets the same 401 whatever it is, and the REST API is not called."""
    token = name.replace(" ", "-")
    tokens[token] = introspected(**NOT_BELIEVED[name])
    before = len(around.calls)

    response = rename(url, token)

    assert (refusal(response), len(around.calls) - before) == (REFUSED, 0)


def test_an_issuer_that_is_set(surroundings: Surroundings) -> None:
    """The answer must name exactly that one."""
    issuers: dict[str, dict[str, Any]] = {
        "same": {"iss": ISSUER},
        "other": {"iss": "https://other.test/"},
        "without-slash": {"iss": ISSUER.rstrip("/")},
        "several": {"iss": [ISSUER]},
        "none": {},
    }
    surroundings.introspection = lambda question: introspected(
        **GOOD, **issuers[asked_about(question)]
    )

    with running_gateway(surroundings.settings_with_introspection(jwt_issuer=ISSUER)) as url:
        statuses = {token: rename(url, token).status_code for token in issuers}

    assert (statuses, len(surroundings.calls)) == (
        {"same": 200, "other": 401, "without-slash": 401, "several": 401, "none": 401},
        1,
    )


NAMED_OTHERWISE: dict[str, Any] = {
    "active": True,
    "iss": "https://other.test/",
    "client_id": "app-2",
    "realm_access": {"roles": ["contacts.editor"]},
    "account": {"customer": "5690"},
}
FOR_OTHER_NAMES = {
    "jwt_issuer": f"{ISSUER},https://other.test/",
    "jwt_audience": "app-1,app-2",
    "jwt_audience_claim": "client_id",
    "jwt_scope_claim": "scope,realm_access.roles",
    "jwt_customer_claim": "account.customer",
    "scope_write": "contacts.editor",
}


def test_claims_of_other_names(surroundings: Surroundings) -> None:
    """What says where a JWT has its claims says it of answers too; each bent one refuses."""
    answers: dict[str, dict[str, Any]] = {
        "as-it-is": NAMED_OTHERWISE,
        "of-another-issuer": {**NAMED_OTHERWISE, "iss": "https://third.test/"},
        "for-another": {**NAMED_OTHERWISE, "client_id": "app-3"},
        "for-another-in-aud": {**NAMED_OTHERWISE, "client_id": "app-3", "aud": "app-1"},
        "without-the-role": {**NAMED_OTHERWISE, "realm_access": {"roles": ["contacts:write"]}},
        "without-the-customer": {**NAMED_OTHERWISE, "account": {}, "customer": 5690},
    }
    surroundings.introspection = lambda question: introspected(**answers[asked_about(question)])
    settings = surroundings.settings_with_introspection(**FOR_OTHER_NAMES)

    with running_gateway(settings) as url:
        replies = [rename(url, token) for token in answers]

    results = [
        reply.json()["data"]["updateContactGroup"]["__typename"] if reply.is_success else None
        for reply in replies
    ]
    denied = "PermissionDeniedError"
    assert (results, len(surroundings.calls)) == (
        ["UpdateContactGroupSuccess", None, None, None, denied, denied],
        1,
    )


WHO_MAY_NOT: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "another scope": (
        {**GOOD, "scope": "contacts:read contacts:write2"},
        "5690",
        "contacts:write",
    ),
    "no scope": (without("scope"), "5690", "contacts:write"),
    "another customer": (GOOD, "7310", None),
    "a null for a customer": ({**GOOD, "customer_id": None}, "5690", None),
    "no customer": (without("customer_id"), "5690", None),
}


@pytest.mark.parametrize("name", WHO_MAY_NOT)
def test_a_caller_who_may_not(name: str, url: str, tokens: Tokens, around: Surroundings) -> None:
    """What the answer does not grant is not granted, and the REST API is not called."""
    answer, customer, scope = WHO_MAY_NOT[name]
    token = name.replace(" ", "-")
    tokens[token] = introspected(**answer)
    before = len(around.calls)

    result = rename(url, token, customer).json()["data"]["updateContactGroup"]

    assert (result["__typename"], result["requiredScope"], len(around.calls) - before) == (
        "PermissionDeniedError",
        scope,
        0,
    )


def test_the_recipe(surroundings: Surroundings) -> None:
    """The settings and the answer of docs/issuers.md go together."""
    document = Path(__file__).parents[2] / "docs" / "issuers.md"
    section = document.read_text(encoding="utf-8").partition("## Opaque tokens")[2]
    [settings, answer] = re.findall(r"```(?:ini|json)\n(.*?)```", section, re.DOTALL)
    lines = [line.partition("=") for line in settings.splitlines()]
    values = {name.removeprefix(PREFIX).lower(): value for name, _, value in lines}
    values["token_introspection_url"] = f"{surroundings.upstream.url}/introspect"
    members = {**json.loads(answer), "exp": NOW + 3600}
    surroundings.introspection = lambda _: introspected(**members)

    with running_gateway(surroundings.settings_with_introspection(**values)) as url:
        response = rename(url, TOKEN)

    assert response.json() == RENAMED


def test_the_gateways_own_credentials(surroundings: Surroundings) -> None:
    """The REST API gets the gateway's token, and never the caller's."""
    surroundings.introspection = lambda _: introspected(**GOOD)
    settings = surroundings.settings_with_introspection(
        upstream_auth="client_credentials",
        upstream_token_url=f"{surroundings.upstream.url}/token",
        upstream_client_id=CLIENT_ID,
        upstream_client_secret=CLIENT_SECRET,
    )

    with running_gateway(settings) as url:
        response = rename(url, TOKEN)

    assert (response.json(), [call.header("authorization") for call in surroundings.calls]) == (
        RENAMED,
        [(f"Bearer {OWN_TOKEN}",)],
    )


UNAVAILABLE = (
    503,
    None,
    "1",
    {
        "errors": [
            {
                "message": (
                    "The access token cannot be verified now: see Retry-After for the seconds to "
                    "wait."
                ),
                "extensions": {"code": "AUTHENTICATION_UNAVAILABLE", "retryAfterSeconds": 1},
            }
        ]
    },
)
GOOD_TEXT = json.dumps(GOOD)
NO_ANSWERS = {
    "401": reply(401, '{"error": "invalid_client"}'),
    "403": reply(403),
    "400": reply(400, GOOD_TEXT),
    "404": reply(404),
    "429": reply(429),
    "500": reply(500, GOOD_TEXT),
    "503": reply(503),
    "201": reply(201, GOOD_TEXT),
    "204": reply(204),
    "302": reply(302, Location="/elsewhere"),
    "dropped": DROP,
    "reset": RESET,
    "no HTTP": Answer(b"NONSENSE\r\n\r\n", then="close"),
    "broken off": Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{", then="close"),
    "nothing": reply(200),
    "a page": reply(200, "<html>active</html>", Content_Type="text/html"),
    "a JWT": reply(200, "eyJh.eyJh.abc", Content_Type="application/token-introspection+jwt"),
    "a list": reply(200, f"[{GOOD_TEXT}]"),
    "true": reply(200, "true"),
    "without active": introspected(**without("active")),
    "active as text": introspected(**{**GOOD, "active": "true"}),
    "active a number": introspected(**{**GOOD, "active": 1}),
    "active null": introspected(**{**GOOD, "active": None}),
    "active twice": reply(200, '{"active": false, ' + GOOD_TEXT[1:]),
    "not UTF-8": reply(200, b'{"active": true, "sub": "\xff"}'),
    "over 64 KiB": introspected(**GOOD, more="x" * 65_536),
    "nested deeply": reply(200, "[" * 60_000),
}


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_an_answer_that_is_none(name: str, url: str, tokens: Tokens, around: Surroundings) -> None:
    """The caller is told to come back, whatever it was, and is never let through."""
    token = f"unanswered-{name.replace(' ', '-')}"
    tokens[token] = NO_ANSWERS[name]
    before = len(around.calls)

    response = rename(url, token)

    assert (refusal(response), len(around.calls) - before) == (UNAVAILABLE, 0)


@pytest.mark.parametrize("name", ["500", "503", "dropped", "reset", "broken off", "nothing"])
def test_one_answer_that_is_none(name: str, surroundings: Surroundings) -> None:
    """It costs the caller nothing: the endpoint is asked once more, at once."""
    answers = [introspected(**GOOD), NO_ANSWERS[name]]
    surroundings.introspection = lambda _: answers.pop() if len(answers) > 1 else answers[0]

    with running_gateway(surroundings.settings_with_introspection()) as url:
        response = rename(url, TOKEN)

    assert (response.status_code, len(surroundings.calls), len(answers)) == (200, 1, 1)


def test_nobody_there(surroundings: Surroundings) -> None:
    """The gateway is ready all the same, and callers are told to come back."""
    nowhere = f"http://127.0.0.1:{free_port()}/introspect"
    settings = surroundings.settings_with_introspection(token_introspection_url=nowhere)

    with running_gateway(settings) as url, open_http() as http:
        ready = http.get(f"{url}/readyz").status_code
        response = rename(url, TOKEN)

    assert (ready, refusal(response), surroundings.calls) == (200, UNAVAILABLE, [])


def test_an_issuer_that_hangs(surroundings: Surroundings) -> None:
    """It has no longer to answer than a request has for everything."""
    surroundings.introspection = lambda _: HANG

    with running_gateway(surroundings.settings_with_introspection(upstream_deadline=0.2)) as url:
        response = rename(url, TOKEN)

    assert (refusal(response), surroundings.calls) == (UNAVAILABLE, [])


def test_an_issuer_that_goes_and_comes_back(surroundings: Surroundings) -> None:
    """Whom it knew is served on meanwhile, others are not; afterwards they are."""
    surroundings.introspection = lambda _: introspected(**GOOD)

    with running_gateway(surroundings.settings_with_introspection()) as url:
        statuses = [rename(url, "known").status_code]
        surroundings.introspection = lambda _: DROP
        statuses += [rename(url, token).status_code for token in ("known", "unknown")]
        surroundings.introspection = lambda _: introspected(**GOOD)
        statuses += [rename(url, token).status_code for token in ("known", "another")]

    assert statuses == [200, 200, 503, 200, 200]


def test_what_is_logged(surroundings: Surroundings) -> None:
    """Why nobody is let through is in the log, once; the token and the secret are not."""
    answers = [reply(401), reply(401), reply(500), DROP, introspected(active=False)]
    surroundings.introspection = lambda request: answers[int(asked_about(request)[-1])]
    before = len(LOGS.getvalue())

    with running_gateway(surroundings.settings_with_introspection()) as url:
        for number in range(5):
            rename(url, f"{TOKEN[:-1]}{number}")

    log = LOGS.getvalue()[before:].decode()
    reasons = [
        json.loads(line)["reason"] for line in log.splitlines() if "token_not_introspected" in line
    ]
    assert [canary in log for canary in (TOKEN[:-1], CLIENT_SECRET, "canary%2Bsecret")] == [
        False
    ] * 3
    assert reasons == [
        "the introspection endpoint answered 401",
        "the introspection endpoint answered 500",
        "the introspection endpoint did not answer: NotAnsweredError",
    ]
