"""Clients of gateways that several modules of end-to-end tests share."""

from collections.abc import Iterator

import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.scripted_upstream import ScriptedUpstream
from tests.servers import gateway_before


@pytest.fixture(scope="session")
def impatient_url(sandbox_server: Sandbox) -> Iterator[str]:
    """A gateway that gives an upstream call 0.3 seconds."""
    with gateway_before(sandbox_server, upstream_attempt_timeout=0.3) as url:
        yield url


@pytest.fixture
def impatient_client(impatient_url: str, issue_token: IssueToken) -> Iterator[Client]:
    """A client of the gateway that does not wait long for the sandbox."""
    client = Client(impatient_url, issue_token())
    with client.http:
        yield client


@pytest.fixture(scope="session")
def healthy_url(scripted_server: ScriptedUpstream, sandbox_server: Sandbox) -> Iterator[str]:
    """One gateway for all scripts that do not make the upstream look ill."""
    with gateway_before(sandbox_server, upstream_url=scripted_server.url) as url:
        yield url


@pytest.fixture
def healthy_client(
    healthy_url: str, scripted: ScriptedUpstream, issue_token: IssueToken
) -> Iterator[Client]:
    """A client of the shared gateway before `scripted`."""
    assert scripted.received == []
    client = Client(healthy_url, issue_token())
    with client.http:
        yield client
