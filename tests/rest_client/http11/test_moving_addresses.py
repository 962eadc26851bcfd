"""An upstream whose address moves, as a failover does it: a resolver of the test's own."""

import asyncio
import math
import socket
import time
from collections.abc import Callable, Sequence

import httpx
import pytest

from contact_gateway.rest_client import HTTP11Transport
from contact_gateway.rest_client.http11.dialling import Dialling
from contact_gateway.rest_client.http11.name_resolution import Address
from contact_gateway.rest_client.problems import ConnectError
from contact_gateway.rest_client.sending import Sender
from tests.rest_client.stack import call, caller, open_stack, run
from tests.scripted_upstream import ScriptedUpstream
from tests.servers import free_port

AGE = 0.3
CALLERS, CONNECTIONS = 8, 64
URL = "http://api.example.com"


class Resolving(Dialling):
    """Dials whichever upstreams the test says that the name stands for."""

    def __init__(self, *ports: int) -> None:
        super().__init__()
        self.ports = ports

    async def look_up(self, host: str, port: int) -> Sequence[Address]:  # noqa: ARG002 - the test's
        """The addresses of the upstreams; none if there are none."""
        if not self.ports:
            raise socket.gaierror(socket.EAI_AGAIN, "try again")
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", each)) for each in self.ports
        ]


def port_of(upstream: ScriptedUpstream) -> int:
    """Where it listens."""
    return int(upstream.url.rpartition(":")[2])


async def call_on(sender: Sender, enough: Callable[[], bool]) -> set[int]:
    """Call again and again, each time saying when; the statuses of the answers."""
    statuses = set()
    while not enough():
        answer = await sender.send(call("GET", target=f"/{time.monotonic()}"))
        statuses.add(answer.status)
    return statuses


def begun(upstream: ScriptedUpstream) -> list[float]:
    """When the calls began that it has received."""
    return [float(request.target.removeprefix("/")) for request in upstream.received]


def test_an_address_that_moves_under_load() -> None:
    """All calls are answered; none goes to the old one that begins later than the age after it."""

    async def move() -> tuple[set[int], float]:
        dial, moved = Resolving(port_of(old)), math.inf

        def enough() -> bool:
            return time.monotonic() > moved + 2 * AGE and len(new.received) > 100

        async with HTTP11Transport(CONNECTIONS, age=AGE, dial=dial) as transport:
            sender = Sender(transport, URL, 5)
            callers = [asyncio.create_task(call_on(sender, enough)) for _ in range(CALLERS)]
            await asyncio.to_thread(old.wait_for, 100)
            dial.ports = (port_of(new),)
            moved = time.monotonic()
            return set().union(*await asyncio.gather(*callers)), moved

    with ScriptedUpstream() as old, ScriptedUpstream() as new:
        statuses, moved = run(move())

        assert statuses == {204}
        assert moved < max(begun(old)) < moved + AGE < max(begun(new))


def test_an_old_address_that_refuses() -> None:
    """The very next call goes to the new one, and none fails."""

    async def move() -> list[int]:
        dial = Resolving(port_of(old))
        async with HTTP11Transport(dial=dial) as transport:
            sender = Sender(transport, URL, 5)
            statuses = [(await sender.send(call())).status]
            dial.ports = (port_of(new),)
            old.stop()
            await asyncio.to_thread(old.wait_for_ends)
            return [*statuses, (await sender.send(call())).status]

    with ScriptedUpstream() as old, ScriptedUpstream() as new:
        assert (run(move()), len(new.received)) == ([204, 204], 1)


def test_an_end_that_nobody_has_looked_at() -> None:
    """It is seen before anything is sent, and another connection, elsewhere perhaps, serves."""

    async def move() -> list[int]:
        dial = Resolving(port_of(old))
        async with HTTP11Transport(dial=dial) as transport:
            sender = Sender(transport, URL, 5)
            statuses = [(await sender.send(call())).status]
            time.sleep(0.11)  # noqa: ASYNC251 - it has rested, and the event loop looks at nothing
            dial.ports = (port_of(new),)
            old.stop()
            old.wait_for_ends()
            return [*statuses, (await sender.send(call())).status]

    with ScriptedUpstream() as old, ScriptedUpstream() as new:
        assert (run(move()), len(old.received), len(new.received)) == ([204, 204], 1, 1)


@pytest.mark.parametrize("dead", [1, 3])
def test_addresses_of_which_some_refuse(scripted: ScriptedUpstream, dead: int) -> None:
    """They are tried in turn until one answers."""

    async def status() -> int:
        dial = Resolving(*(free_port() for _ in range(dead)), port_of(scripted))
        async with HTTP11Transport(dial=dial) as transport:
            return (await Sender(transport, URL, 5).send(call())).status

    assert run(status()) == 204


def test_a_look_up_that_fails(scripted: ScriptedUpstream) -> None:
    """Nothing was sent, so a call is made again at once, as where a connection is refused."""

    class FailingOnce(Resolving):
        async def look_up(self, host: str, port: int) -> Sequence[Address]:
            found, self.ports = self.ports, (port_of(scripted),)
            return await Resolving(*found).look_up(host, port)

    async def renamed() -> tuple[bool, int]:
        async with open_stack(URL, dial=FailingOnce()) as stack:
            return await stack.rename(caller()), stack.retries.retried

    assert run(renamed()) == (True, 1)


def test_a_look_up_that_hangs() -> None:
    """It ends when the attempt does, and nothing was sent."""

    class Hanging(Dialling):
        async def look_up(self, host: str, port: int) -> Sequence[Address]:
            await asyncio.get_running_loop().create_future()
            raise AssertionError(host, port)

    async def send() -> float:
        begun = time.monotonic()
        async with HTTP11Transport(dial=Hanging()) as transport:
            with pytest.raises(ConnectError, match="TimeoutError"):
                await Sender(transport, URL, 0.2).send(call())
        return time.monotonic() - begun

    assert 0.19 < run(send()) < 5  # a timer of uvloop may be early by a millisecond


def test_whose_connection_carries_a_call(scripted: ScriptedUpstream) -> None:
    """That of the customer, as long as it is open, and of nobody else."""

    async def carried() -> list[bool]:
        url = httpx.URL(URL)
        async with HTTP11Transport(dial=Resolving(port_of(scripted))) as transport:
            await Sender(transport, URL, 5).send(call())
            return [transport.can_carry(url, customer) for customer in (5690, 7310)]

    assert run(carried()) == [True, False]
