"""Gateways in other settings than production's."""

from collections.abc import Iterator

import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.servers import gateway_before


@pytest.fixture(scope="session")
def introspected_url(sandbox_server: Sandbox) -> Iterator[str]:
    """A gateway that allows introspection."""
    with gateway_before(sandbox_server, introspection=True) as url:
        yield url


@pytest.fixture
def introspecting_client(introspected_url: str, issue_token: IssueToken) -> Iterator[Client]:
    """A client of a gateway that allows introspection."""
    client = Client(introspected_url, issue_token())
    with client.http:
        yield client
