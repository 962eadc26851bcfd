"""Tokens of a certified OpenID provider that nobody here wrote: oidc-provider, on Node."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import httpx
import pytest
from joserfc.util import urlsafe_b64decode

from contact_gateway.settings import Settings
from tests.client import Client, open_http
from tests.identity.issuer import AUDIENCE
from tests.identity.surroundings import RENAMED, Surroundings
from tests.node import install_with_node
from tests.servers import running_gateway

FOLDER = Path(__file__).parent / "openid_provider"


@pytest.fixture(scope="module")
def issuer_url() -> Iterator[str]:
    """The issuer URL of a running provider."""
    node = install_with_node(FOLDER)
    with subprocess.Popen(  # noqa: S603 - node and a file of ours
        [node, "provider.mjs", AUDIENCE],
        cwd=FOLDER,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def secret(algorithm: str) -> str:
    """The secret of the client whose tokens are signed so."""
    return f"secret of {algorithm}: 100%+/"


def discovered(issuer_url: str) -> dict[str, Any]:
    """What the provider says of itself (OpenID Connect Discovery section 4)."""
    with open_http() as http:
        document: dict[str, Any] = http.get(f"{issuer_url}/.well-known/openid-configuration").json()
    return document


def request_token(issuer_url: str, algorithm: str) -> str:
    """Ask the provider for a caller's token, in the way that its client authenticates."""
    form = {"grant_type": "client_credentials", "scope": "contacts:read contacts:write"}
    with open_http() as http:
        if algorithm in {"ES256", "opaque"}:
            http.auth = httpx.BasicAuth(algorithm, quote_plus(secret(algorithm)))
        else:
            form |= {"client_id": algorithm, "client_secret": secret(algorithm)}
        response = http.post(discovered(issuer_url)["token_endpoint"], data=form)
    return str(response.json()["access_token"])


def settings_for(issuer_url: str) -> dict[str, object]:
    """The settings with which a gateway believes the provider's tokens, whose keys it finds."""
    return {"jwt_issuer": issuer_url, "jwt_jwks_url": None}


def rename(settings: Settings, token: str) -> Any:
    """Rename a group of customer 7310 through a gateway with these settings."""
    with running_gateway(settings) as url:
        client = Client(url, token, "7310")
        with client.http:
            return client.rename("5514123", {"name": "Best customers"})


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_token_of_a_caller(algorithm: str, issuer_url: str, surroundings: Surroundings) -> None:
    """Its JWT access token (RFC 9068) is believed, with its scope and its array of customers."""
    token = request_token(issuer_url, algorithm)

    result = rename(surroundings.settings(**settings_for(issuer_url)), token)

    calls = [
        (call.header("authorization"), call.header("customer-id")) for call in surroundings.calls
    ]
    assert (result, calls) == (
        RENAMED["data"]["updateContactGroup"],
        [((f"Bearer {token}",), ("7310",))],
    )


@pytest.mark.parametrize(("algorithm", "authentication"), [("RS256", "body"), ("ES256", "basic")])
def test_own_token(
    algorithm: str, authentication: str, issuer_url: str, surroundings: Surroundings
) -> None:
    """The gateway gets a token of its own from it, in either way to authenticate."""
    settings = surroundings.settings_with_own_credentials(
        **settings_for(issuer_url),
        upstream_token_url=discovered(issuer_url)["token_endpoint"],
        upstream_client_id=algorithm,
        upstream_client_secret=secret(algorithm),
        upstream_client_auth=authentication,
    )
    token = request_token(issuer_url, algorithm)

    rename(settings, token)

    (call,) = surroundings.calls
    own = call.header("authorization")[0].removeprefix("Bearer ")
    claims = json.loads(urlsafe_b64decode(own.split(".")[1].encode()))
    assert (own != token, claims["iss"], claims["client_id"]) == (True, issuer_url, algorithm)


def settings_with_introspection(issuer_url: str) -> dict[str, object]:
    """The settings with which a gateway asks the provider about tokens, as a client of its own."""
    return {
        "jwt_issuer": issuer_url,
        "token_introspection_url": discovered(issuer_url)["introspection_endpoint"],
        "token_introspection_client_id": "ES256",
        "token_introspection_client_secret": secret("ES256"),
    }


def test_opaque_token(issuer_url: str, surroundings: Surroundings) -> None:
    """It is no JWT; what the provider says of it, when asked, lets the caller through."""
    token = request_token(issuer_url, "opaque")
    settings = surroundings.settings_with_introspection(**settings_with_introspection(issuer_url))

    result = rename(settings, token)

    calls = [
        (call.header("authorization"), call.header("customer-id")) for call in surroundings.calls
    ]
    assert (token.count("."), result, calls) == (
        0,
        RENAMED["data"]["updateContactGroup"],
        [((f"Bearer {token}",), ("7310",))],
    )


def revoke(issuer_url: str, token: str) -> None:
    """Take a token back (RFC 7009)."""
    basic = httpx.BasicAuth("opaque", quote_plus(secret("opaque")))
    with open_http() as http:
        address = discovered(issuer_url)["revocation_endpoint"]
        http.post(address, data={"token": token}, auth=basic).raise_for_status()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 401),
        ({"jwt_audience": "another"}, 401),
        ({"jwt_issuer": "https://another.test"}, 401),
        ({"token_introspection_client_secret": "wrong"}, 503),
    ],
    ids=["revoked", "another audience", "another issuer", "a wrong secret"],
)
def test_opaque_token_that_is_not_believed(
    change: dict[str, object], status: int, issuer_url: str, surroundings: Surroundings
) -> None:
    """What the provider took back, or gave for somebody else, lets nobody through."""
    token = request_token(issuer_url, "opaque")
    if not change:
        revoke(issuer_url, token)
    settings = {**settings_with_introspection(issuer_url), **change}

    with running_gateway(surroundings.settings_with_introspection(**settings)) as url:
        client = Client(url, token, "7310")
        with client.http:
            response = client.post("{ viewer { customerId } }")

    assert (response.status_code, surroundings.calls) == (status, [])
