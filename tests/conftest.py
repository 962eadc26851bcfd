"""What every test can ask for: a sandbox, a gateway in front of it, and a client."""

import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contact_gateway.sandbox import Grant, Sandbox, SandboxServer
from contact_gateway.settings import PREFIX
from tests.client import Client
from tests.log_watch import LOGS, LogWatch
from tests.scripted_upstream import ScriptedUpstream, reply
from tests.servers import gateway_before

FILES = 4096
TAKE_LONG = ("interop", "testing")


def pytest_configure() -> None:
    """Watch the logs of the whole run; a logger keeps to where it first wrote to.

    Tests that open hundreds of connections have both ends of each: a shell's usual 1,024 are few.
    """
    LOGS.begin()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest come first, so that at the end nobody is left alone with one."""
    items.sort(key=lambda item: item.path.parent.name not in TAKE_LONG)


@pytest.fixture(scope="session", autouse=True)
def logs() -> Iterator[LogWatch]:
    """All log lines of the run, at DEBUG. When it ends, no token and no name is in any of them."""
    yield LOGS
    assert LOGS.leaks() == []


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Sandbox]:
    """One sandbox for the whole run; tests ask for `sandbox`."""
    with SandboxServer() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_server: Sandbox) -> Sandbox:
    """A sandbox with its sample data, whose log of received requests is empty."""
    sandbox_server.reset()
    return sandbox_server


@pytest.fixture(scope="session")
def gateway_url(sandbox_server: Sandbox) -> Iterator[str]:
    """One gateway for the whole run, in production settings."""
    with gateway_before(sandbox_server) as url:
        yield url


IssueToken = Callable[..., str]


@pytest.fixture
def issue_token(sandbox: Sandbox) -> IssueToken:
    """Issues tokens of the sandbox: `issue_token(scope=..., customers=...)`."""

    def issue(
        scope: str = "contacts:read contacts:write", customers: tuple[int, ...] = (5690,)
    ) -> str:
        return sandbox.tokens.issue(
            Grant(client_id="development", scopes=tuple(scope.split()), customers=customers)
        )

    return issue


@pytest.fixture
def client(gateway_url: str, issue_token: IssueToken) -> Iterator[Client]:
    """A client with both scopes for customer 5690."""
    client = Client(gateway_url, issue_token())
    with client.http:
        yield client


@pytest.fixture(scope="session")
def scripted_server() -> Iterator[ScriptedUpstream]:
    """One scripted upstream for the whole run; tests ask for `scripted`."""
    with ScriptedUpstream() as scripted:
        yield scripted


@pytest.fixture
def scripted(scripted_server: ScriptedUpstream) -> ScriptedUpstream:
    """An upstream that answers what the test scripts, 204 until then; nothing received yet."""
    scripted_server.answers(reply(204))
    return scripted_server


@pytest.fixture
def scripted_client(
    scripted: ScriptedUpstream, sandbox: Sandbox, issue_token: IssueToken
) -> Iterator[Client]:
    """A client of a gateway of its own in front of `scripted`; tokens are the sandbox's."""
    with gateway_before(sandbox, upstream_url=scripted.url, upstream_attempt_timeout=0.5) as url:
        client = Client(url, issue_token())
        with client.http:
            yield client


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither variables nor a `.env` but those of the test."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
