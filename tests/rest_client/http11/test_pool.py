"""The pool of connections to the upstream: which are taken, and how long they are kept."""

import asyncio

import httpx

from contact_gateway.rest_client.http11.pool import Connections, Key
from tests.rest_client.stack import run
from tests.scripted_upstream import ScriptedUpstream


def key_of(url: httpx.URL, customer: int | None = 5690) -> Key:
    """What a customer's connections are found by."""
    return url.scheme, url.netloc, customer


def test_idle_connection(scripted: ScriptedUpstream) -> None:
    """One that nobody uses is closed after a while; until then, it is the next one taken."""

    async def idle() -> bool:
        connections = Connections(most=5, idle_seconds=0.2, rest_seconds=0)
        url = httpx.URL(scripted.url)
        connection = await connections.open(url)
        connections.give_back(key_of(url), connection)
        assert connections.take(key_of(url)) is connection
        connections.give_back(key_of(url), connection)
        async with asyncio.timeout(5):
            while connection.usable:  # noqa: ASYNC110 - it sets no event
                await asyncio.sleep(0.01)
        return connections.take(key_of(url)) is None

    assert run(idle())


def test_connection_that_is_too_old(scripted: ScriptedUpstream) -> None:
    """It is not taken even where it is not closed yet: the upstream may be about to close it."""

    async def too_old() -> bool:
        connections = Connections(most=5, idle_seconds=0, rest_seconds=0)
        url = httpx.URL(scripted.url)
        connection = await connections.open(url)
        connections.give_back(key_of(url), connection)
        return connections.take(key_of(url)) is None and not connection.usable

    assert run(too_old())


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
