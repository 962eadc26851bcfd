"""One sandbox for all tests of a run, put back to its samples before each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_gateway.sandbox import Sandbox, SandboxServer
from tests.sandbox.administration import Admin
from tests.sandbox.client import Client, open_http

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx


@pytest.fixture(scope="package", name="listening")
def _listening() -> Iterator[Sandbox]:
    with SandboxServer() as sandbox:
        yield sandbox


@pytest.fixture(scope="package")
def http(listening: Sandbox) -> Iterator[httpx.Client]:
    """An HTTP client without any header of its own, whose base is the sandbox."""
    with open_http(listening) as client:
        yield client


@pytest.fixture
def sandbox(listening: Sandbox) -> Sandbox:
    """A sandbox with sample data and an empty log."""
    listening.reset()
    return listening


@pytest.fixture
def client(sandbox: Sandbox, http: httpx.Client) -> Client:
    """A client of customer 5690 with both scopes."""
    return Client(sandbox, http)


@pytest.fixture
def admin(sandbox: Sandbox, http: httpx.Client) -> Admin:  # noqa: ARG001 - so that it is new
    """The administration of a sandbox in which nothing waits."""
    return Admin(http)
