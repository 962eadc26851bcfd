"""Documents never seen before, where nobody has verified who sends them."""

from collections.abc import Iterator

import pytest

from contact_gateway.contact_groups import build_schema
from contact_gateway.http import GraphQLEndpoint, Observed
from contact_gateway.identity import UpstreamVerifier
from contact_gateway.observation import Metrics
from contact_gateway.operations import (
    Disclosure,
    DocumentReader,
    OperationRunner,
    OperationStore,
    ReadingAllowance,
    reading_allowance_of,
)
from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.identity.issuer import scopes_in
from tests.servers import running_app, settings_for


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    """A client of an endpoint that may read for two seconds; each document takes three."""
    schema = build_schema()
    disclosure = Disclosure(schema, full=False)
    reader = DocumentReader(schema, disclosure, introspection=False)
    seconds = iter(range(0, 1_000, 3))
    allowance = ReadingAllowance(clock=lambda: 0, cpu=lambda: next(seconds))
    endpoint = GraphQLEndpoint(
        operations=OperationStore(reader, allowance=allowance),
        runner=OperationRunner(disclosure),
        verifier=UpstreamVerifier(scopes_in("scope")),
        resources=lambda *_: None,
        rate_limiter=None,
        traces=None,
        deadline=1,
        max_body_bytes=65_536,
    )
    with running_app(Observed(endpoint, Metrics(), None), settings_for(sandbox.url)) as url:
        client = Client(url, "opaque")
        with client.http:
            yield client


@pytest.mark.parametrize("unseen", ["{a: __typename}", "{x}", "{"])
def test_too_many(client: Client, unseen: str) -> None:
    """They are refused before they are parsed: 429, and for how many seconds."""
    client.post("{__typename}")

    response = client.post(unseen, X_Request_Id="one-too-many")

    message = "Expected fewer documents never seen before: see Retry-After for the seconds to wait."
    extensions = {"code": "RATE_LIMITED", "requestId": "one-too-many", "retryAfterSeconds": 10}
    assert (response.status_code, response.headers["Retry-After"], response.json()) == (
        429,
        "10",
        {"errors": [{"message": message, "extensions": extensions}]},
    )


def test_known_ones_meanwhile(client: Client) -> None:
    """They are served: a flood shuts nobody out who sends what was sent before."""
    responses = [client.post(text) for text in ("{__typename}", "{a: __typename}", "{__typename}")]

    assert [response.status_code for response in responses] == [200, 429, 200]


NO_KEYS = dict.fromkeys(("jwt_issuer", "jwt_audience", "jwt_jwks_url", "jwt_customer_claim"))


@pytest.mark.parametrize(
    ("changes", "bounded"), [({"token_verification": "upstream", **NO_KEYS}, True), ({}, False)]
)
def test_whose_are_bounded(sandbox: Sandbox, changes: dict[str, object], *, bounded: bool) -> None:
    """Those of callers whom nobody has verified; others have a name, and RATE_LIMIT."""
    allowance = reading_allowance_of(settings_for(sandbox.url, **changes))

    assert (allowance is not None) is bounded
