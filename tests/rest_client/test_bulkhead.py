"""The bulkhead: slots, turns and a short queue."""

import asyncio
import contextlib
import time

import pytest

from contact_gateway.rest_client.bulkhead import Bulkhead
from contact_gateway.rest_client.problems import DeadlineError, QueueFullError
from tests.rest_client.stack import run

CUSTOMER = 5690


def full(slots: int = 8) -> Bulkhead:
    """A bulkhead without a free slot."""
    bulkhead = Bulkhead(slots)
    for _ in range(slots):
        assert bulkhead.take(CUSTOMER)
    assert not bulkhead.take(CUSTOMER)
    return bulkhead


async def waiting(
    bulkhead: Bulkhead, seconds: float = 5, customer: int = CUSTOMER
) -> asyncio.Task[None]:
    """A task that has begun to wait for its turn."""
    task = asyncio.create_task(bulkhead.wait(customer, time.monotonic() + seconds))
    await asyncio.sleep(0)
    return task


def test_turns() -> None:
    """A freed slot goes to who waits longest, and never to a newcomer."""

    async def turns() -> tuple[bool, bool, bool]:
        bulkhead = full()
        first, second = await waiting(bulkhead), await waiting(bulkhead)
        bulkhead.release(CUSTOMER)
        newcomer = bulkhead.take(CUSTOMER)
        await first
        done = second.done()
        bulkhead.release(CUSTOMER)
        await second
        return newcomer, done, bulkhead.in_flight == 8

    assert run(turns()) == (False, False, True)


def test_full_queue() -> None:
    """A quarter as many as there are slots may wait; the next is refused at once."""

    async def overflow() -> tuple[int, int]:
        bulkhead = full()
        tasks = [await waiting(bulkhead), await waiting(bulkhead)]
        with pytest.raises(QueueFullError):
            await bulkhead.wait(CUSTOMER, time.monotonic() + 5)
        counted = bulkhead.queued, bulkhead.shed
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return counted

    assert run(overflow()) == (2, 1)


def test_deadline() -> None:
    """Who has no turn before the deadline leaves the queue."""

    async def late() -> tuple[int, int]:
        bulkhead = full()
        with pytest.raises(DeadlineError):
            await bulkhead.wait(CUSTOMER, time.monotonic() - 1)
        return bulkhead.queued, bulkhead.in_flight

    assert run(late()) == (0, 8)


@pytest.mark.parametrize("order", ["cancel first", "release first"])
def test_cancelled_while_waiting(order: str) -> None:
    """Whoever is cancelled in the queue, even as the turn comes, takes no slot along."""

    async def cancelled() -> tuple[int, int]:
        bulkhead = full()
        leaving, staying = await waiting(bulkhead), await waiting(bulkhead)
        if order == "cancel first":
            leaving.cancel()
            bulkhead.release(CUSTOMER)
        else:
            bulkhead.release(CUSTOMER)
            leaving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await leaving
        await staying
        for _ in range(8):
            bulkhead.release(CUSTOMER)
        return bulkhead.queued, bulkhead.in_flight

    assert run(cancelled()) == (0, 0)
