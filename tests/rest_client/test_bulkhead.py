"""The bulkhead: slots, turns and a short queue, for one customer and for several."""

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


def slots_of(bulkhead: Bulkhead, customers: int) -> list[int]:
    """How many slots each of so many customers gets who, in turn, take all that they can get."""
    held = dict.fromkeys(range(1, customers + 1), 0)
    for _ in range(200):
        for customer in held:
            held[customer] += bulkhead.take(customer)
    return list(held.values())


def met(slots: int) -> Bulkhead:
    """A bulkhead that has met two customers, and of which nothing is taken."""
    bulkhead = Bulkhead(slots)
    for customer in (1, 2):
        assert bulkhead.take(customer)
        bulkhead.release(customer)
    return bulkhead


@pytest.mark.parametrize(
    ("slots", "customers", "held"),
    [
        (64, 1, [48]),
        (64, 2, [28, 27]),
        (64, 3, [20, 19, 19]),
        (64, 20, [4] * 3 + [3] * 17),
        (8, 1, [6]),
        (8, 3, [3, 2, 2]),
        (5, 1, [4]),
        (4, 1, [3]),
        (3, 1, [2]),
        (2, 1, [1]),
        (1, 1, [1]),
    ],
)
def test_customers_whose_calls_hang(slots: int, customers: int, held: list[int]) -> None:
    """However many there are, and however much they want, a slot is left for the next customer."""
    bulkhead = met(slots)

    taken = slots_of(bulkhead, customers)

    assert taken == held
    assert bulkhead.take(99) == (slots > 1)


@pytest.mark.parametrize("slots", [1, 2, 3, 5, 8, 64])
def test_a_customer_who_is_alone(slots: int) -> None:
    """All slots are for a customer beside whom there has never been another."""
    assert slots_of(Bulkhead(slots), 1) == [slots]


def test_turns_of_customers() -> None:
    """Freed slots go to customers in turn, however many calls of one wait, and since when."""

    async def turns() -> list[int]:
        bulkhead = full(16)
        order: list[int] = []

        async def wait(customer: int) -> None:
            await bulkhead.wait(customer, time.monotonic() + 5)
            order.append(customer)

        bulkhead.take(2)  # in vain; from now on there are several
        tasks = []
        for customer in (1, 1, 1, 2):
            tasks.append(asyncio.create_task(wait(customer)))
            await asyncio.sleep(0)
        for _ in range(8):
            bulkhead.release(CUSTOMER)
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        return order

    assert run(turns()) == [1, 2, 1, 1]


def test_a_full_queue_before_another_customer() -> None:
    """The latest call of whoever has most gives its place to a customer who has less."""

    async def crowded() -> tuple[list[bool], int, int]:
        bulkhead = full()
        crowd = [await waiting(bulkhead), await waiting(bulkhead)]
        other = await waiting(bulkhead, customer=2)
        with pytest.raises(QueueFullError):
            await bulkhead.wait(CUSTOMER, time.monotonic() + 5)
        await asyncio.gather(crowd[1], return_exceptions=True)
        refused = [isinstance(task.exception(), QueueFullError) for task in crowd if task.done()]
        counted = bulkhead.queued, bulkhead.shed
        for _ in range(2):
            bulkhead.release(CUSTOMER)
        await other
        await asyncio.gather(*crowd, return_exceptions=True)
        return refused, *counted

    assert run(crowded()) == ([True], 2, 2)


def test_one_slot_and_two_customers() -> None:
    """Even a single slot goes from one to the other, and so does the place in the queue."""

    async def alternate() -> list[str]:
        bulkhead = full(1)
        crowd = await waiting(bulkhead)
        other = await waiting(bulkhead, customer=2)
        bulkhead.release(CUSTOMER)
        await other
        again = await waiting(bulkhead)
        bulkhead.release(2)
        await again
        (refused,) = await asyncio.gather(crowd, return_exceptions=True)
        return [type(refused).__name__, str(bulkhead.in_flight)]

    assert run(alternate()) == ["QueueFullError", "1"]


def test_nothing_left_of_customers() -> None:
    """Whose calls are over is forgotten, however they ended."""

    async def come_and_go() -> tuple[object, ...]:
        bulkhead = Bulkhead(4)
        for customer in range(1, 1001):
            taken = bulkhead.take(customer)
            leaving = await waiting(bulkhead, customer=customer)
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)
            if taken:
                bulkhead.release(customer)
        parts = vars(bulkhead)
        return bulkhead.in_flight, bulkhead.queued, len(parts["_held"]), len(parts["_waiting"])

    assert run(come_and_go()) == (0, 0, 0, 0)
