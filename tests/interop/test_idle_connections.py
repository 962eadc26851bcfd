"""Servers and proxies as they come, which close idle connections when they see fit.

A rename is sent by a caller who may not read, so that nothing that is lost could be made good.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from contact_gateway.sandbox import Grant, Sandbox
from tests.client import RENAME
from tests.interop.front_server import FRONTS, FrontServer
from tests.servers import gateway_before
from tests.thorough import thorough

CALLERS, CALLS = 30, 10
KEEPALIVE = 4.0
IDLE = {"uvicorn": 5.0, "Node": 5.0, "Apache": 5.0, "HAProxy": 50.0, "nginx": 75.0}
"""When each closes an idle connection, in seconds. Caddy does after five minutes: not tried."""

CASES: dict[str, tuple[str, dict[str, object]]] = {
    **{name: (name, {}) for name in FRONTS},
    "Node, by what it says itself": ("Node", {"upstream_keepalive": 60}),
}
APPLIED = "UpdateContactGroupSuccess", "APPLIED"


def write_only(sandbox: Sandbox, customer: int) -> dict[str, str]:
    """The headers of a caller who may change groups of one customer, and read none."""
    grant = Grant(client_id="writer", scopes=("contacts:write",), customers=(customer,))
    return {"Authorization": f"Bearer {sandbox.tokens.issue(grant)}"}


async def rename(
    session: aiohttp.ClientSession,
    url: str,
    headers: dict[str, str],
    group: str = "5514123",
    name: str = "Best customers",
) -> tuple[str, str]:
    """What a rename came to: the type, and the outcome."""
    payload = {"query": RENAME, "variables": {"id": group, "input": {"name": name}}}
    async with session.post(f"{url}/graphql", json=payload, headers=headers) as reply:
        result = (await reply.json(content_type=None))["data"]["updateContactGroup"]
        return result["__typename"], result["outcome"]


def pauses_of(caller: int, idle: float | None) -> Iterable[float]:
    """How long a caller pauses between calls: around a time at which connections are closed."""
    offset = (caller // 2 - CALLERS / 4) ** 3 / 20_000  # up to 0.17 seconds, most of them small
    if caller % 2 or idle is None:
        return [KEEPALIVE + offset] * (CALLS - 1)
    if idle > 2 * KEEPALIVE:
        return [idle + offset, *[0.05] * (CALLS - 2)]
    return [idle + offset] * (CALLS - 1)


@dataclass(frozen=True)
class Before:
    """A gateway before a server."""

    server: FrontServer
    gateway_url: str

    async def call(self, sandbox: Sandbox) -> Counter[tuple[str, str]]:
        """All calls of all callers, each of whom has a customer of its own, and so connections."""
        connector = aiohttp.TCPConnector(force_close=True, limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def come_again(caller: int) -> list[tuple[str, str]]:
                headers = write_only(sandbox, 1 + caller)
                found = [await rename(session, self.gateway_url, headers)]
                for pause in pauses_of(caller, IDLE.get(self.server.name)):
                    await asyncio.sleep(pause)
                    found.append(await rename(session, self.gateway_url, headers))
                return found

            callers = await asyncio.gather(*(come_again(each) for each in range(CALLERS)))
        return Counter(found for caller in callers for found in caller)


@pytest.fixture
def cases(sandbox: Sandbox, tmp_path: Path) -> Iterator[dict[str, Before]]:
    """Every server, each with a gateway before it."""
    with ExitStack() as stack:
        made = {}
        for number, (case, (name, settings)) in enumerate(CASES.items()):
            folder = tmp_path / str(number)
            folder.mkdir()
            server = stack.enter_context(FrontServer(name, folder).running())
            gateway = gateway_before(sandbox, upstream_url=server.url, **settings)
            made[case] = Before(server, stack.enter_context(gateway))
        yield made


@thorough
def test_pauses_around_the_end_of_idle_connections(
    sandbox: Sandbox, cases: dict[str, Before]
) -> None:
    """Each of 300 renames is applied, known to be, and sent once; all servers side by side."""

    async def all_of_them() -> list[Counter[tuple[str, str]]]:
        return await asyncio.gather(*(each.call(sandbox) for each in cases.values()))

    counted = asyncio.run(all_of_them())
    found = {
        case: (dict(results), dict(each.server.received))
        for (case, each), results in zip(cases.items(), counted, strict=True)
    }

    total = CALLERS * CALLS
    assert found == {case: ({APPLIED: total}, {"PATCH": total}) for case in CASES}
