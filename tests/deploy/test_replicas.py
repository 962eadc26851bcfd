"""More than one machine, for real: two gateway processes, one nginx, one Redis."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import count

import aiohttp
import pytest

from contact_gateway.sandbox import Grant, Sandbox
from tests.client import Client
from tests.deploy.nginx_server import nginx_before
from tests.end_to_end.test_stopping import PAYLOAD
from tests.redis_server import redis_server
from tests.servers import GatewayProcess, gateway_process

LIMIT = 30
CALLERS = 4


@dataclass(frozen=True)
class Replicas:
    """Two gateways, and the address of nginx before them."""

    url: str
    gateways: tuple[GatewayProcess, GatewayProcess]


@pytest.fixture(scope="module")
def replicas(
    sandbox_server: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Replicas]:
    """The whole of deploy/compose.yaml, without containers."""
    folder = tmp_path_factory.mktemp("replicas")
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server())
        settings = {
            "drain_pause": 0.3,
            "rate_limit": f"{LIMIT}/minute",
            "rate_limit_storage": redis.url,
        }
        first, second = (
            stack.enter_context(gateway_process(sandbox_server, folder / name, **settings))
            for name in ("first.log", "second.log")
        )
        addresses = [gateway.url.removeprefix("http://") for gateway in (first, second)]
        url = stack.enter_context(nginx_before(folder, *addresses))
        yield Replicas(url, (first, second))


def test_limits_that_replicas_share(replicas: Replicas, client: Client) -> None:
    """A caller has one limit, whichever replicas answer: the same as with one of them."""
    client = replace(client, url=replicas.url)

    statuses = Counter(client.post("{ __typename }").status_code for _ in range(LIMIT + 5))

    assert statuses == {200: LIMIT, 429: 5}


@dataclass
class Load:
    """Callers who never pause. Each of them is a new one before the old one reaches the limit."""

    url: str
    sandbox: Sandbox
    answers: list[tuple[int, str]] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: bool = False
    _numbers: Iterator[int] = field(default_factory=count)

    async def call(self, session: aiohttp.ClientSession) -> None:
        """Rename a group until the load is stopped."""
        while not self.stopped:
            headers = {"Authorization": f"Bearer {self._token()}"}
            async with session.post(self.url, json=PAYLOAD, headers=headers) as reply:
                text = await reply.text()
                done = "UpdateContactGroupSuccess" in text
                self.answers.append((reply.status, "success" if done else text))
                self.answered.set()

    async def wait_for(self, more: int) -> None:
        """Wait for so many more answers."""
        enough = len(self.answers) + more
        while len(self.answers) < enough:
            self.answered.clear()
            await self.answered.wait()

    def _token(self) -> str:
        grant = Grant(
            client_id=f"caller-{next(self._numbers) // LIMIT}",
            scopes=("contacts:read", "contacts:write"),
            customers=(5690,),
        )
        return self.sandbox.tokens.issue(grant)


async def stop_under_load(load: Load, leaving: GatewayProcess) -> int:
    """Stop one gateway while callers go on, before, during and after; its exit status."""
    async with aiohttp.ClientSession() as session:
        callers = [asyncio.create_task(load.call(session)) for _ in range(CALLERS)]
        await load.wait_for(2 * CALLERS)
        leaving.process.terminate()
        status = await asyncio.to_thread(leaving.process.wait, 30)
        await load.wait_for(2 * CALLERS)
        load.stopped = True
        await asyncio.gather(*callers)
    return status


def test_a_replica_that_stops_under_load(replicas: Replicas, sandbox: Sandbox) -> None:
    """No request fails, before, while and after it stops, although nginx asks no /readyz."""
    load = Load(f"{replicas.url}/graphql", sandbox)

    status = asyncio.run(stop_under_load(load, replicas.gateways[0]))

    assert (status, Counter(load.answers)) == (0, {(200, "success"): len(load.answers)})
