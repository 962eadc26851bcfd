"""Stopping the gateway while it is used: nobody notices."""

import asyncio
import multiprocessing
import socket
import time
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path

import aiohttp
import httpx
import pytest

from contact_gateway.app import build_app
from contact_gateway.sandbox import Sandbox
from contact_gateway.server.run import serve
from tests.client import RENAME, Client
from tests.scripted_upstream import Answer, RecordedRequest, ScriptedUpstream, reply
from tests.servers import await_ready, free_port, gateway_process, settings_for

PAUSE = 3.0  # callers on a busy machine must see /readyz turn before it ends
DEADLINE = 2
CALLERS = 3
PAYLOAD = {
    "query": RENAME,
    "variables": {"id": "5514123", "input": {"name": "Best customers"}},
}
SUCCESS = (200, "UpdateContactGroupSuccess")

# forks of a process that has imported everything already: twenty interpreters would take long
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["contact_gateway.app", "contact_gateway.server.run"])


@dataclass
class Load:
    """Callers who do as a load balancer does: they come for as long as /readyz says 200."""

    url: str
    headers: dict[str, str]
    ready: bool = True
    answers: list[tuple[int, str]] = field(default_factory=list)
    busy: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Call until the gateway says that it stops, and for the answers under way then."""
        async with aiohttp.ClientSession() as session:
            callers = [asyncio.create_task(self._call(session)) for _ in range(CALLERS)]
            while self.ready:
                async with session.get(f"{self.url}/readyz") as reply:
                    self.ready = reply.status == httpx.codes.OK
            await asyncio.gather(*callers)

    async def _call(self, session: aiohttp.ClientSession) -> None:
        while self.ready:
            request = session.post(f"{self.url}/graphql", json=PAYLOAD, headers=self.headers)
            async with request as reply:
                result = await reply.json(content_type=None)
                self.answers.append(
                    (reply.status, result["data"]["updateContactGroup"]["__typename"])
                )
            self.busy.set()


async def stop_under_load(process: BaseProcess, url: str, headers: dict[str, str]) -> float:
    """Seconds from a SIGTERM under load until the process has ended; every answer was success."""
    load = Load(url, headers)
    running = asyncio.create_task(load.run())
    await load.busy.wait()
    process.terminate()
    begun = time.monotonic()
    await running
    await asyncio.to_thread(process.join, 30)
    assert set(load.answers) == {SUCCESS}
    return time.monotonic() - begun


@pytest.mark.parametrize("_batch", range(4))
def test_sigterm_under_load(sandbox: Sandbox, client: Client, _batch: int) -> None:
    """No request fails, the status is 0, and it takes at most pause, deadline and one second.

    Five processes at a time in four batches: 20 times.
    """
    ports = [free_port() for _ in range(5)]
    processes = [
        PROCESSES.Process(
            target=serve,
            args=(
                settings_for(sandbox.url, port=port, drain_pause=PAUSE, upstream_deadline=DEADLINE),
                build_app,
            ),
        )
        for port in ports
    ]
    for process in processes:
        process.start()
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    for url, process in zip(urls, processes, strict=True):
        await_ready(f"{url}/readyz", process.is_alive)

    async def stop_all() -> list[float]:
        stopping = map(stop_under_load, processes, urls, [client.headers()] * len(urls))
        return await asyncio.gather(*stopping)

    seconds = asyncio.run(stop_all())

    assert [process.exitcode for process in processes] == [0] * 5
    assert max(seconds) < PAUSE + DEADLINE + 1


def refuses(url: str) -> bool:
    """Whether nobody accepts connections any more."""
    try:
        socket.create_connection(("127.0.0.1", httpx.URL(url).port or 0)).close()
    except ConnectionRefusedError:
        return True
    return False


def test_sigterm_while_a_request_waits_for_the_upstream(
    sandbox: Sandbox, scripted: ScriptedUpstream, client: Client, tmp_path: Path
) -> None:
    """The request gets its answer although the gateway accepts no more, and the status is 0."""
    settings = {"drain_pause": 0, "upstream_url": scripted.url}
    with gateway_process(sandbox, tmp_path / "log", **settings) as gateway:

        def stop_first(_: RecordedRequest) -> Answer:
            gateway.process.terminate()
            while not refuses(gateway.url):
                time.sleep(0.01)
            return reply(204)

        scripted.responds(stop_first)
        result = replace(client, url=gateway.url).rename("5514123", {"name": "Best customers"})
        status = gateway.process.wait(10)

    assert (result["__typename"], status) == ("UpdateContactGroupSuccess", 0)
