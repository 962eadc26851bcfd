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
        if algorithm == "ES256":
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
