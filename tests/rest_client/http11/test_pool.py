"""The pool of connections to the upstream: which are taken, and how long they are kept."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from contact_gateway.rest_client import HTTP11Transport
from contact_gateway.rest_client.http11.dialling import Dialling, Protocol
from contact_gateway.rest_client.http11.exchange import Connection
from contact_gateway.rest_client.http11.pool import Connections, Key
from contact_gateway.rest_client.sending import Sender
from tests.rest_client.stack import call, run
from tests.scripted_upstream import ScriptedUpstream, reply


def key_of(url: httpx.URL, customer: int | None = 5690) -> Key:
    """What a customer's connections are found by."""
    return url.scheme, url.netloc, customer


class Clock:
    """The time, as a test sets it."""

    now = 1000.0

    def __call__(self) -> float:
        """The seconds that it is."""
        return self.now


async def opened(connections: Connections, url: httpx.URL, count: int) -> list[Connection]:
    """So many new connections, which nobody has given back yet."""
    return [await connections.open(url) for _ in range(count)]


@contextlib.asynccontextmanager
async def pool(
    most: int, clock: Clock, idle_seconds: float = 15, age_seconds: float = 1000
) -> AsyncIterator[Connections]:
    """A pool, closed at the end with all that it has lent or opened."""
    connections = Connections(most, idle_seconds, clock, age_seconds=age_seconds)
    try:
        yield connections
    finally:
        connections.close()
        await asyncio.sleep(0)  # or closing uvloop's loop would wait for them


def test_idle_connection(scripted: ScriptedUpstream) -> None:
    """One that nobody uses is closed after a while."""

    async def idle() -> bool:
        connections = Connections(most=5, idle_seconds=0.2)
        url = httpx.URL(scripted.url)
        connection = await connections.open(url)
        connections.give_back(key_of(url), connection)
        async with asyncio.timeout(5):
            while connection.usable:  # noqa: ASYNC110 - it sets no event
                await asyncio.sleep(0.01)
        return connections.take(key_of(url)) is None

    assert run(idle())


def test_rest(scripted: ScriptedUpstream) -> None:
    """After 10 ms a connection is used again, a few only after 100; the oldest is the first."""

    async def used_again() -> list[list[int]]:
        clock, url = Clock(), httpx.URL(scripted.url)
        async with pool(8, clock) as connections:
            lent = await opened(connections, url, 5)
            for connection in lent:
                connections.give_back(key_of(url), connection)
                clock.now += 0.001
            found: list[list[int]] = []
            for clock.now in (1000.0119, 1000.0121, 1000.0141, 1000.0999, 1000.1011):
                found.append([])
                while taken := connections.take(key_of(url)):
                    found[-1].append(lent.index(taken))
            for connection in lent:
                connection.abort()
            return found

    assert run(used_again()) == [[], [2], [3, 4], [], [0, 1]]


def test_rest_where_no_other_may_be_opened(scripted: ScriptedUpstream) -> None:
    """It is 6 ms then."""

    async def taken() -> list[bool]:
        clock, url = Clock(), httpx.URL(scripted.url)
        async with pool(1, clock) as connections:
            (connection,) = await opened(connections, url, 1)
            connections.give_back(key_of(url), connection)
            clock.now += 0.0059
            too_soon = connections.take(key_of(url))
            clock.now += 0.0002
            in_time = connections.take(key_of(url))
            connection.abort()
            return [each is connection for each in (too_soon, in_time)]

    assert run(taken()) == [False, True]


class Counted(Dialling):
    """Notes all that it opens, without TLS."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Connection] = []

    async def __call__(self, url: httpx.URL, protocol: Callable[[], Protocol]) -> Protocol:
        """Connect."""
        made = await super().__call__(url.copy_with(scheme="http"), protocol)
        assert isinstance(made, Connection)
        self.opened.append(made)
        return made


@pytest.mark.parametrize(
    ("scheme", "rested", "opened"),
    [("http", 0.001, 2), ("http", 0.003, 1), ("https", 0.001, 1)],
    ids=["much quicker", "nearly rested", "not quicker with TLS"],
)
def test_whether_to_wait_or_to_open_another_where_there_is_no_room(
    scripted: ScriptedUpstream, scheme: str, rested: float, opened: int
) -> None:
    """A call waits for a connection to rest, unless another takes its place much sooner."""

    async def used() -> int:
        clock, dial = Clock(), Counted()
        connections = Connections(1, clock=clock, dial=dial)
        url = httpx.URL(scripted.url).copy_with(scheme=scheme)
        key = key_of(url)
        connections.give_back(key, await connections.another(key, url))
        clock.now += rested
        connections.give_back(key, await connections.another(key, url))
        connections.close()
        await asyncio.sleep(0)
        return len(dial.opened)

    assert run(used()) == opened


@pytest.mark.parametrize("most", [1, 2, 4, 8])
def test_calls_that_follow_one_another_in_a_small_pool(most: int) -> None:
    """Each is answered, if need be on a connection that takes the place of another."""

    async def calls() -> list[int]:
        async with HTTP11Transport(most) as transport:
            sender = Sender(transport, scripted.url, 5)
            return [(await sender.send(call())).status for _ in range(20)]

    with ScriptedUpstream() as scripted:
        assert run(calls()) == [204] * 20


def test_more_calls_than_connections(scripted: ScriptedUpstream) -> None:
    """Never are there more connections than may be, and each call gets one."""

    async def calls() -> list[int]:
        dial, slots = Counted(), asyncio.Semaphore(8)
        connections, url = Connections(8, dial=dial), httpx.URL(scripted.url)
        key = key_of(url)
        there: list[int] = []

        async def use() -> None:
            async with slots:
                connection = connections.take(key) or await connections.another(key, url)
                there.append(sum(each.usable for each in dial.opened))
                await asyncio.sleep(0)
                connections.give_back(key, connection)

        await asyncio.gather(*(use() for _ in range(200)))
        connections.close()
        await asyncio.sleep(0)
        return there

    there = run(calls())

    assert (len(there), max(there)) == (200, 8)


class Gated(Dialling):
    """Opens connections only once the gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, url: httpx.URL, protocol: Callable[[], Protocol]) -> Protocol:
        """Wait, and connect."""
        await self.gate.wait()
        return await super().__call__(url, protocol)


def test_one_that_has_rested_before_another_is_open(scripted: ScriptedUpstream) -> None:
    """It is used, and the other by whoever needs one next: never are there more than may be."""

    async def used() -> list[bool]:
        dial = Gated()
        connections = Connections(2, dial=dial)
        url = httpx.URL(scripted.url)
        key = key_of(url)
        first = await connections.another(key, url)
        connections.give_back(key, first)
        dial.gate.clear()
        again = await connections.another(key, url)
        waiting = asyncio.create_task(connections.another(key_of(url, 7310), url))
        await asyncio.sleep(0)
        dial.gate.set()
        other = await waiting
        connections.give_back(key, again)
        connections.give_back(key, other)
        there = [again is first, other is first]
        connections.close()
        await asyncio.sleep(0)
        return there

    before = len(scripted.received)

    assert run(used()) == [True, False]
    assert len(scripted.received) == before


def test_an_upstream_that_is_found_out(scripted: ScriptedUpstream) -> None:
    """For a minute it gets one request on each connection, and then as before."""

    async def kept() -> list[bool]:
        clock, url = Clock(), httpx.URL(scripted.url)
        found: list[bool] = []
        async with pool(5, clock) as connections:
            for seconds in (0, 59.9, 0.2):
                clock.now += seconds
                (connection,) = await opened(connections, url, 1)
                if not found:
                    connections.unasked.caught((url.scheme, url.netloc))
                connections.give_back(key_of(url), connection)
                found.append(connection.usable)
        return found

    assert run(kept()) == [False, False, True]


def test_connection_that_is_too_old(scripted: ScriptedUpstream) -> None:
    """It is not taken even where it is not closed yet: the upstream may be about to close it."""

    async def too_old() -> bool:
        clock, url = Clock(), httpx.URL(scripted.url)
        async with pool(5, clock, idle_seconds=1) as connections:
            (connection,) = await opened(connections, url, 1)
            connections.give_back(key_of(url), connection)
            clock.now += 1
            return connections.take(key_of(url)) is None and not connection.usable

    assert run(too_old())


ASKING = b"GET / HTTP/1.1\r\nHost: upstream\r\n\r\n"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("timeout=5", 4),
        ("timeout=5, max=100", 4),
        ("max=100,TIMEOUT = 5", 4),
        ("timeout=5; max=100", 4),
        ('timeout="5"', 4),
        ("timeout=9, timeout=5", 4),
        ("timeout=2.5", 1.5),
        ("timeout=1", 0.5),
        ("timeout=0", 0),
        ("timeout=75", 15),
        ("timeout=soon", 15),
        ("timeout=-1", 15),
        ("timeout", 15),
        ("", 15),
        ("x" * 300 + ",timeout=5", 15),
    ],
)
def test_what_the_upstream_says_of_idle_connections(
    scripted: ScriptedUpstream, said: str, seconds: float
) -> None:
    """It shortens the time in which one is used again, with a second or a half of it to spare."""
    scripted.answers(reply(204, Keep_Alive=said))

    async def taken(after: float) -> bool:
        clock, url = Clock(), httpx.URL(scripted.url)
        async with pool(1, clock) as connections:
            (connection,) = await opened(connections, url, 1)
            await connection.exchange(ASKING, time.monotonic() + 5)
            connections.give_back(key_of(url), connection)
            clock.now += after
            used = connections.take(key_of(url)) is connection
            connection.abort()
            return used

    assert [run(taken(after)) for after in (max(0.01, seconds - 0.01), seconds + 0.01)] == [
        seconds > 0,
        False,
    ]


def test_an_upstream_that_says_it_once(scripted: ScriptedUpstream) -> None:
    """It is true of the connection until something else is said."""
    scripted.answers(reply(204, Keep_Alive="timeout=5"), reply(204))

    async def taken() -> bool:
        clock, url = Clock(), httpx.URL(scripted.url)
        async with pool(1, clock) as connections:
            (connection,) = await opened(connections, url, 1)
            for _ in range(2):
                await connection.exchange(ASKING, time.monotonic() + 5)
            connections.give_back(key_of(url), connection)
            clock.now += 4
            return connections.take(key_of(url)) is not None

    assert not run(taken())


@pytest.mark.parametrize("most", [1, 8], ids=["a full pool", "a pool with room"])
def test_a_connection_that_is_to_retire(scripted: ScriptedUpstream, most: int) -> None:
    """However busy it is, it is not used again after that, and not even kept."""

    async def used() -> list[bool]:
        clock, url, found = Clock(), httpx.URL(scripted.url), []
        async with pool(most, clock, age_seconds=60) as connections:
            (connection,) = await opened(connections, url, 1)
            for _ in range(7):
                connections.give_back(key_of(url), connection)
                clock.now += 9.9
                found.append(connections.take(key_of(url)) is connection)
            connection = await connections.open(url)
            clock.now += 60
            connections.give_back(key_of(url), connection)
            return [*found, connection.usable]

    assert run(used()) == [*[True] * 6, False, False]


def test_one_that_retires_while_it_rests(scripted: ScriptedUpstream) -> None:
    """A call that would have waited for it gets another."""

    async def another() -> bool:
        clock, url = Clock(), httpx.URL(scripted.url)
        async with pool(1, clock, age_seconds=60) as connections:
            (connection,) = await opened(connections, url, 1)
            clock.now += 59.999
            connections.give_back(key_of(url), connection)
            clock.now += 0.003
            other = await connections.another(key_of(url), url)
            other.abort()
            return other is connection

    assert not run(another())


class Refused(Dialling):
    """Cannot connect once it is told so."""

    refused = False

    async def __call__(self, url: httpx.URL, protocol: Callable[[], Protocol]) -> Protocol:
        """Connect, or fail."""
        if self.refused:
            raise ConnectionRefusedError
        return await super().__call__(url, protocol)


def test_no_other_where_one_rests(scripted: ScriptedUpstream) -> None:
    """A call whose customer's connection still rests waits for that, if none can be opened."""

    async def used() -> list[bool]:
        dial, url = Refused(), httpx.URL(scripted.url)
        connections = Connections(8, dial=dial)
        key, other = key_of(url), key_of(url, 7310)
        connection = await connections.another(key, url)
        connections.give_back(key, connection)
        dial.refused = True
        has = [connections.has(each) for each in (key, other)]
        again = await connections.another(key, url)
        with pytest.raises(ConnectionRefusedError):
            await connections.another(other, url)
        connections.give_back(key, again)
        connections.close()
        await asyncio.sleep(0)
        return [*has, again is connection]

    assert run(used()) == [True, False, True]


def test_connection_given_back_to_a_closed_pool(scripted: ScriptedUpstream) -> None:
    """It is closed too."""

    async def late() -> bool:
        connections = Connections(most=5)
        url = httpx.URL(scripted.url)
        connection = await connections.open(url)
        connections.close()
        connections.give_back(key_of(url), connection)
        return connection.usable

    assert not run(late())


def test_more_customers_than_connections(scripted: ScriptedUpstream) -> None:
    """The connection that is idle longest makes room for another customer's; none in use does."""

    async def three_of_five() -> tuple[bool, list[bool]]:
        connections = Connections(most=3)
        url = httpx.URL(scripted.url)
        in_use = await connections.open(url)
        idle = []
        for customer in range(1, 5):
            connection = await connections.open(url)
            connections.give_back(key_of(url, customer), connection)
            idle.append(connection)
        left = in_use.usable, [connection.usable for connection in idle]
        connections.close()
        in_use.abort()
        await asyncio.sleep(0)  # or closing uvloop's loop would wait for them
        return left

    assert run(three_of_five()) == (True, [False, False, True, True])
