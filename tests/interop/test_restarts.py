"""Servers and proxies as they come that are reloaded, or restarted, under load.

Some close idle connections then without a look at what has just come in, and lose it: that is found
out, and never taken for anything else.
"""

import asyncio
import signal
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path

import aiohttp
import pytest

from contact_gateway.sandbox import SAMPLE_GROUPS, Grant, Sandbox
from tests.interop.front_server import FrontServer
from tests.interop.test_idle_connections import APPLIED, rename, write_only
from tests.servers import gateway_before
from tests.thorough import thorough

CUSTOMER = 5690
GROUPS = tuple(map(str, SAMPLE_GROUPS[CUSTOMER]))
BEFORE_AND_BETWEEN = 100  # calls
TIMES = 5
NOT_APPLIED = "UpstreamUnavailableError", "NOT_APPLIED"
UNKNOWN = "UpstreamUnavailableError", "UNKNOWN"


class Load:
    """Callers who never pause, each with a group of its own, and another name each time."""

    def __init__(self, gateway_url: str, headers: dict[str, str]) -> None:
        self._url = gateway_url
        self._headers = headers
        self._enough = False
        self._numbers = count()
        self.found: Counter[tuple[str, str]] = Counter()

    async def run(self, interrupt: Callable[[], None]) -> None:
        """Call, and `interrupt` several times meanwhile."""
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(connector=connector) as session:
            callers = [asyncio.create_task(self._call(session, each)) for each in GROUPS]
            for _ in range(TIMES):
                await self._wait_for_more()
                await asyncio.to_thread(interrupt)
            await self._wait_for_more()
            self._enough = True
            await asyncio.gather(*callers)

    async def _call(self, session: aiohttp.ClientSession, group: str) -> None:
        while not self._enough:
            name = f"Interrupted {next(self._numbers)}"
            self.found[await rename(session, self._url, self._headers, group, name)] += 1

    async def _wait_for_more(self) -> None:
        enough = self.found.total() + BEFORE_AND_BETWEEN
        while self.found.total() < enough:  # noqa: ASYNC110 - callers are busy all the time
            await asyncio.sleep(0.01)


@thorough
@pytest.mark.parametrize("name", ["Apache", "HAProxy", "nginx", "Caddy"])
def test_a_reload_under_load(name: str, sandbox: Sandbox, tmp_path: Path) -> None:
    """No request fails, and none reaches the REST API twice."""
    grant = Grant(
        client_id="test", scopes=("contacts:read", "contacts:write"), customers=(CUSTOMER,)
    )
    headers = {"Authorization": f"Bearer {sandbox.tokens.issue(grant)}"}
    with (
        FrontServer(name, tmp_path, sandbox.url).running() as server,
        gateway_before(sandbox, upstream_url=server.url) as url,
    ):
        load = Load(url, headers)
        asyncio.run(load.run(server.reload))
    sent = Counter(request.method for request in sandbox.received)

    assert load.found == {APPLIED: load.found.total()}
    assert sent["PATCH"] == load.found.total()


@thorough
@pytest.mark.parametrize("name", ["uvicorn", "Node"])
def test_a_restart_under_load(name: str, sandbox: Sandbox, tmp_path: Path) -> None:
    """What is said to be applied is, what is said not to be is not, and nothing is sent twice."""
    with (
        FrontServer(name, tmp_path).running() as server,
        gateway_before(sandbox, upstream_url=server.url) as url,
    ):

        def restart() -> None:
            server.stop(signal.SIGTERM)
            server.start()

        load = Load(url, write_only(sandbox, CUSTOMER))
        asyncio.run(load.run(restart))
        received = server.received["PATCH"]

    applied, lost = load.found.pop(APPLIED), load.found.pop(UNKNOWN, 0)
    assert set(load.found) <= {NOT_APPLIED}
    assert applied <= received <= applied + lost
