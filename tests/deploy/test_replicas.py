"""More than one machine, for real: two gateway processes, one nginx, one Redis."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import count

import aiohttp
import pytest

from contact_gateway.sandbox import Grant, Sandbox
from tests.client import Client
from tests.deploy.nginx_server import needs_nginx, nginx_before
from tests.end_to_end.test_stopping import PAYLOAD
from tests.redis_server import needs_redis, redis_server
from tests.servers import GatewayProcess, gateway_process

pytestmark = [needs_nginx, needs_redis]

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


def test_a_replica_that_stops_under_load(replicas: Replicas, sandbox: Sandbox) -> None:
    """No request fails, before, while and after it stops."""
    numbers = count()
    answers: list[tuple[int, str]] = []

    def headers() -> dict[str, str]:
        """Those of a new caller for every so many requests: nobody is to reach the limit."""
        grant = Grant(
            client_id=f"caller-{next(numbers) // LIMIT}",
            scopes=("contacts:read", "contacts:write"),
            customers=(5690,),
        )
        return {"Authorization": f"Bearer {sandbox.tokens.issue(grant)}"}

    async def call(session: aiohttp.ClientSession, stopped: asyncio.Event) -> None:
        while not stopped.is_set():
            request = session.post(f"{replicas.url}/graphql", json=PAYLOAD, headers=headers())
            async with request as reply:
                text = await reply.text()
                answers.append(
                    (reply.status, "Success" if "UpdateContactGroupSuccess" in text else text)
                )

    async def stop_under_load() -> int:
        stopped = asyncio.Event()
        async with aiohttp.ClientSession() as session:
            callers = [asyncio.create_task(call(session, stopped)) for _ in range(CALLERS)]
            while len(answers) < 2 * CALLERS:
                await asyncio.sleep(0.01)
            leaving = replicas.gateways[0].process
            leaving.terminate()
            status = await asyncio.to_thread(leaving.wait, 30)
            answered = len(answers)
            while len(answers) < answered + 2 * CALLERS:
                await asyncio.sleep(0.01)
            stopped.set()
            await asyncio.gather(*callers)
        return status

    status = asyncio.run(stop_under_load())

    assert (status, Counter(answers)) == (0, {(200, "Success"): len(answers)})
