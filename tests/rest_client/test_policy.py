"""Who wraps whom on the way to the REST API: what is drawn is what is built."""

import re
from typing import Any

import httpx
import pytest

from contact_gateway.observation import Metrics
from contact_gateway.rest_client import RESTClient, policy
from contact_gateway.rest_client.sending import Sender
from contact_gateway.settings import load_settings
from tests.rest_client.stack import open_stack, run

OWN_TOKENS = {
    "upstream_auth": "client_credentials",
    "upstream_token_url": "https://api.example.com/auth/tokens",
    "upstream_client_id": "client",
    "upstream_client_secret": "secret",
    "jwt_customer_claim": "customer_id",
}


def drawn() -> list[tuple[int, str]]:
    """What the drawing has: how deep each stands, and what it is."""
    lines = re.findall(
        r"^( *)(└── |)(\w+|an httpx transport)(?:  |:)", policy.__doc__ or "", re.MULTILINE
    )
    return [(len(indent + branch) // 4, name) for indent, branch, name in lines]


def built(outermost: Any) -> list[str]:
    """What is built, from the outside to the transport."""
    found, part = [], outermost
    while not isinstance(part, httpx.AsyncBaseTransport):
        found.append(type(part).__name__)
        part = part._transport if isinstance(part, Sender) else part._inner  # noqa: SLF001
    return found


def client(**changes: Any) -> RESTClient:
    """The way to a REST API, as settings say."""
    settings = load_settings(
        _env_file=None,
        upstream_url="https://api.example.com",
        jwt_issuer="https://issuer.example.com",
        jwt_audience="audience",
        jwt_jwks_url="https://issuer.example.com/keys",
        **changes,
    )
    return RESTClient(settings, Metrics())


@pytest.mark.parametrize(
    ("changes", "left_out"), [(OWN_TOKENS, set()), ({}, {"WithCredentials"})], ids=["own", "theirs"]
)
def test_the_drawing(changes: dict[str, str], left_out: set[str]) -> None:
    """It is a tree, each one step below the one around it, and what is built is the same."""
    depths, names = zip(*drawn(), strict=True)
    parts = built(client(**changes).send.__self__)  # type: ignore[attr-defined]

    assert depths == tuple(range(len(names)))
    assert parts == [name for name in names[:-1] if name not in left_out]


def test_the_stack_of_the_tests() -> None:
    """It is in the same order, without what tests have no use for."""

    async def parts() -> list[str]:
        async with open_stack("http://127.0.0.1:1") as stack:
            return built(stack.retries)

    without = {"WithCredentials", "Watched", "an httpx transport"}
    assert run(parts()) == [name for _, name in drawn() if name not in without]
