"""Several issuers, found by discovery: each has keys of its own, and must name itself."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from contact_gateway.cli import app
from contact_gateway.identity.discovery import DiscoveryError, discover, discovery_urls
from contact_gateway.rest_client import Document
from contact_gateway.settings import PREFIX
from tests.client import Client, open_http
from tests.identity.issuer import AUDIENCE, Issuer
from tests.identity.surroundings import RENAMED, RENAMING, Surroundings
from tests.identity.test_tokens import ALL_FORGED, INVALID, promptly, refused, rename, seen
from tests.scripted_upstream import Answer, RecordedRequest, reply
from tests.servers import running_gateway

OIDC = "/.well-known/openid-configuration"
RFC_8414 = "/.well-known/oauth-authorization-server"
NOT_FOUND = reply(404)


def answering(surroundings: Surroundings, answers: dict[str, Callable[[], Answer]]) -> None:
    """Let these paths be answered so; what is neither these nor the REST API is not there."""

    def respond(request: RecordedRequest) -> Answer:
        found = answers.get(request.target)
        missing = reply(204) if request.target.startswith("/v1") else NOT_FOUND
        return missing if found is None else found()

    surroundings.api = respond


def document(issuer: object, keys: object) -> Callable[[], Answer]:
    """The discovery document of an issuer."""
    return lambda: reply(200, json.dumps({"issuer": issuer, "jwks_uri": keys}))


def key_set(issuer: Issuer) -> Callable[[], Answer]:
    """The key set of an issuer."""
    return lambda: reply(200, issuer.document())


def test_two_issuers(surroundings: Surroundings) -> None:
    """Of two issuers and two key sets with the same kids, only what belongs together is believed.

    One is found in the way of OpenID Connect, the other in that of RFC 8414.
    """
    here, issuers = surroundings.upstream.url, (surroundings.issuer, Issuer())
    names = (f"{here}/one", f"{here}/two/")
    answering(
        surroundings,
        {
            f"/one{OIDC}": document(names[0], f"{here}/one/keys"),
            f"{RFC_8414}/two": document(names[1], f"{here}/two/keys"),
            "/one/keys": key_set(issuers[0]),
            "/two/keys": key_set(issuers[1]),
        },
    )
    settings = surroundings.settings(jwt_issuer=",".join(names), jwt_jwks_url=None)
    with running_gateway(settings) as url:
        client = Client(url, token="")
        with client.http:
            statuses = [
                rename(
                    client, ("Authorization", f"Bearer {issuer.token(time.time(), iss=name)}")
                ).status_code
                for issuer in issuers
                for name in names
            ]

    assert statuses == [200, 401, 401, 200]


OTHERS: dict[str, tuple[object, str]] = {
    "another": ("https://another.test", "names another issuer, 'https://another.test'"),
    "with a slash": ("HERE/", "names another issuer, 'HERE/'"),
    "in capitals": ("HERE".lower(), "names another issuer, 'here'"),
    "none": (None, "names another issuer, or none"),
    "a list": (["HERE"], "names another issuer, or none"),
}


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(("named", "said"), OTHERS.values(), ids=OTHERS)
def test_a_document_of_another_issuer(named: object, said: str, surroundings: Surroundings) -> None:
    """The gateway never gets ready and says why, so does `check`; the key set is not fetched."""
    here = surroundings.upstream.url
    named = json.loads(json.dumps(named).replace("HERE", here))
    said = said.replace("HERE", here)
    answering(surroundings, {OIDC: document(named, f"{here}/its-keys")})
    with (
        running_gateway(surroundings.settings(jwt_issuer=here, jwt_jwks_url=None)) as url,
        open_http() as http,
    ):
        ready = http.get(f"{url}/readyz")
    variables = {"UPSTREAM_URL": here, "JWT_ISSUER": here, "JWT_AUDIENCE": AUDIENCE, "PORT": "0"}
    checked = CliRunner().invoke(
        app, ["check"], env={f"{PREFIX}{name}": value for name, value in variables.items()}
    )

    reason = f"the discovery document {said}"
    assert (ready.status_code, ready.text) == (503, f"no key set yet: {reason}\n")
    assert (checked.exit_code, checked.output.splitlines()[1].partition(". ")[0]) == (
        1,
        f"FAILED  key set of {here}: {reason}",
    )
    assert surroundings.received("/its-keys") == []


DOCUMENTS: dict[str, Any] = {
    "no jwks_uri": {},
    "a jwks_uri that is none": {"jwks_uri": 7},
    "over http to elsewhere": {"jwks_uri": "http://another.test/keys"},
    "a file": {"jwks_uri": "file:///etc/passwd"},
    "with credentials": {"jwks_uri": "https://a:b@another.test/keys"},
}


@pytest.mark.parametrize("members", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_document_without_a_key_set(members: Any, surroundings: Surroundings) -> None:
    """Whatever it names that keys cannot be believed of, the gateway is not ready."""
    here = surroundings.upstream.url
    answering(surroundings, {OIDC: lambda: reply(200, json.dumps({"issuer": here, **members}))})
    with (
        running_gateway(surroundings.settings(jwt_issuer=here, jwt_jwks_url=None)) as url,
        open_http() as http,
    ):
        ready = http.get(f"{url}/readyz")

    assert (ready.status_code, ready.text) == (
        503,
        "no key set yet: the discovery document has no jwks_uri that can be trusted\n",
    )


PLACES = {
    "https://issuer.test": ("https://issuer.test/.well-known/openid-configuration",
                            "https://issuer.test/.well-known/oauth-authorization-server"),
    "https://issuer.test/": ("https://issuer.test/.well-known/openid-configuration",
                             "https://issuer.test/.well-known/oauth-authorization-server"),
    "https://issuer.test/a/b": ("https://issuer.test/a/b/.well-known/openid-configuration",
                                "https://issuer.test/.well-known/oauth-authorization-server/a/b"),
    "https://issuer.test:8443/a/": (
        "https://issuer.test:8443/a/.well-known/openid-configuration",
        "https://issuer.test:8443/.well-known/oauth-authorization-server/a"),
}  # fmt: skip


@pytest.mark.parametrize(("issuer", "places"), PLACES.items())
def test_where_a_document_is(issuer: str, places: tuple[str, str]) -> None:
    """A path of the issuer comes first in one way, and last in the other."""
    assert discovery_urls(issuer) == places


@pytest.mark.parametrize(
    ("url", "trusted"),
    [("https://keys.test/1", True), ("http://127.0.0.1/1", False), ("http://keys.test", False)],
)
def test_the_key_set_of_an_issuer_with_https(url: str, trusted: bool) -> None:  # noqa: FBT001
    """It may be at another host, and not over http, on this machine either."""

    async def fetch(_: str) -> Document:
        return Document(json.dumps({"issuer": "https://issuer.test", "jwks_uri": url}).encode())

    try:
        found: str | None = asyncio.run(discover("https://issuer.test", fetch))
    except DiscoveryError:
        found = None
    assert found == (url if trusted else None)


EVERYTHING: dict[str, object] = {
    "jwt_audience": f"{AUDIENCE},another-audience",
    "jwt_audience_claim": "aud",
    "jwt_types": "at+jwt,at+JWT",
    "jwt_scope_claim": "scope,scp,roles,realm_access.roles",
    "jwt_customer_claim": "customer_id",
    "scope_read": "contacts:read,Contacts.Read",
    "scope_write": "contacts:write,Contacts.Write",
}


class Moved(Issuer):
    """The same issuer, keys and all, under another name."""

    def __init__(self, issuer: Issuer, name: str) -> None:
        super().__init__()
        self.__dict__ |= {"keys": issuer.keys, "unfit": issuer.unfit}
        self.name = name

    def claims(self, now: float, **changes: Any) -> dict[str, Any]:
        """The claims of a good token under this name."""
        return super().claims(now, **{"iss": self.name, **changes})


def test_forged_tokens_with_every_setting(surroundings: Surroundings) -> None:
    """What was refused is refused, each as any other is, and the upstream is not called."""
    here = surroundings.upstream.url
    issuer = Moved(surroundings.issuer, here)
    answering(
        surroundings,
        {
            OIDC: document(here, f"{here}/its-keys"),
            f"/another{OIDC}": document(f"{here}/another", f"{here}/its-keys"),
            "/its-keys": key_set(issuer),
        },
    )
    changes = {**EVERYTHING, "jwt_issuer": f"{here},{here}/another", "jwt_jwks_url": None}
    with running_gateway(surroundings.settings(**changes)) as url:
        client = Client(url, token="")
        with client.http:
            genuine = client.send(
                [("Authorization", f"Bearer {issuer.token(time.time())}")], RENAMING
            )
            surroundings.upstream.received.clear()
            answers = {
                name: seen(
                    promptly(
                        lambda now, make=make: rename(  # type: ignore[misc]
                            client, ("Authorization", f"Bearer {make(issuer, now)}")
                        )
                    )
                )
                for name, make in ALL_FORGED.items()
            }

    assert (genuine.json(), answers, surroundings.calls) == (
        RENAMED,
        dict.fromkeys(ALL_FORGED, refused(INVALID)),
        [],
    )
