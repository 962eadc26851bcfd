"""An issuer, and surroundings for gateways whose tokens are that issuer's."""

from collections.abc import Iterator

import pytest

from tests.client import Client
from tests.identity.issuer import Issuer
from tests.identity.surroundings import Surroundings
from tests.scripted_upstream import ScriptedUpstream
from tests.servers import running_gateway


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    """One issuer for the whole run: making keys is slow."""
    return Issuer()


@pytest.fixture
def surroundings(issuer: Issuer) -> Iterator[Surroundings]:
    """Surroundings of one test."""
    with ScriptedUpstream() as upstream:
        yield Surroundings(issuer, upstream)


@pytest.fixture(scope="module")
def shared_surroundings(issuer: Issuer) -> Iterator[Surroundings]:
    """Surroundings of a module's tests, for those that change nothing of it."""
    with ScriptedUpstream() as upstream:
        yield Surroundings(issuer, upstream)


@pytest.fixture(scope="module")
def shared_client(shared_surroundings: Surroundings) -> Iterator[Client]:
    """A client of a gateway in the shared surroundings; each call brings its own token."""
    with running_gateway(shared_surroundings.settings()) as url:
        client = Client(url, token="")
        with client.http:
            yield client
