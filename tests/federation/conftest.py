"""Gateways that are subgraphs."""

from collections.abc import Iterator

import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.scripted_upstream import ScriptedUpstream
from tests.servers import gateway_before


@pytest.fixture(scope="package")
def subgraph_url(sandbox_server: Sandbox) -> Iterator[str]:
    """A gateway in front of the sandbox that is a subgraph, and tells anybody of which schema."""
    with gateway_before(sandbox_server, federation=True, introspection=True) as url:
        yield url


@pytest.fixture
def subgraph(subgraph_url: str, issue_token: IssueToken) -> Iterator[Client]:
    """A client of it with both scopes for customer 5690."""
    client = Client(subgraph_url, issue_token())
    with client.http:
        yield client


@pytest.fixture
def scripted_subgraph(
    scripted: ScriptedUpstream, sandbox: Sandbox, issue_token: IssueToken
) -> Iterator[Client]:
    """A client of a subgraph in front of `scripted`."""
    with gateway_before(sandbox, upstream_url=scripted.url, federation=True) as url:
        client = Client(url, issue_token())
        with client.http:
            yield client
