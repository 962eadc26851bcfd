"""Servers and proxies as they come that are reloaded, or restarted, under load."""

import asyncio
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from contact_gateway.sandbox import Sandbox
from tests.interop.front_server import FrontServer
from tests.interop.test_idle_connections import APPLIED, rename, write_only
from tests.servers import gateway_before
from tests.thorough import thorough

CALLERS = 8
BEFORE_AND_BETWEEN = 200  # calls
TIMES = 5


class Load:
    """Callers who never pause, each with a customer of its own."""

    def __init__(self, sandbox: Sandbox, gateway_url: str) -> None:
        self._sandbox = sandbox
        self._url = gateway_url
        self._enough = False
        self.found: Counter[Any] = Counter()

    async def wait_for(self, more: int) -> None:
        """Wait for so many more answers."""
        enough = self.found.total() + more
        while self.found.total() < enough:  # noqa: ASYNC110 - of the callers, some are always busy
            await asyncio.sleep(0.01)

    async def run(self, interrupt: Any) -> None:
        """Call, and `interrupt` several times meanwhile."""
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(connector=connector) as session:
            callers = [asyncio.create_task(self._call(session, 1 + n)) for n in range(CALLERS)]
            for _ in range(TIMES):
                await self.wait_for(BEFORE_AND_BETWEEN)
                await asyncio.to_thread(interrupt)
            await self.wait_for(BEFORE_AND_BETWEEN)
            self._enough = True
            await asyncio.gather(*callers)

    async def _call(self, session: aiohttp.ClientSession, customer: int) -> None:
        headers = write_only(self._sandbox, customer)
        while not self._enough:
            self.found[await rename(session, self._url, headers)] += 1


@pytest.fixture
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FrontServer]:
    """The server that runs."""
    with FrontServer(request.param, tmp_path).running() as running:
        yield running


@thorough
@pytest.mark.parametrize("server", ["Apache", "HAProxy", "nginx", "Caddy"], indirect=True)
def test_a_reload_under_load(server: FrontServer, sandbox: Sandbox) -> None:
    """It loses no request: each is applied, is known to be, and was sent once."""
    with gateway_before(sandbox, upstream_url=server.url) as url:
        load = Load(sandbox, url)
        asyncio.run(load.run(server.reload))

    total = load.found.total()
    assert (dict(load.found), dict(server.received)) == ({APPLIED: total}, {"PATCH": total})


@thorough
@pytest.mark.parametrize("server", ["uvicorn", "Node"], indirect=True)
def test_a_restart_under_load(server: FrontServer, sandbox: Sandbox) -> None:
    """While nobody listens nothing is applied, and that is known; no change is made twice."""

    def restart() -> None:
        server.stop(signal.SIGTERM)
        server.start()

    with gateway_before(sandbox, upstream_url=server.url) as url:
        load = Load(sandbox, url)
        asyncio.run(load.run(restart))

    applied = load.found.pop(APPLIED)
    assert set(load.found) <= {("UpstreamUnavailableError", "NOT_APPLIED")}
    assert dict(server.received) == {"PATCH": applied}
