"""The order of work: how many requests begin at the same moment."""

import asyncio
from functools import partial

import pytest

from contact_gateway.http import Turns

QUICK = 3  # turns of the loop until an upstream answers that is quicker than the gateway
FIRST = 20  # and until it answers on a new connection
NEVER = 1_000_000
ROOM = 64 + 16  # calls that may be made at a time and wait, of UPSTREAM_MAX_CONNECTIONS


async def under_way_at_most(requests: int, turns_to_answer: int, turns_to_watch: int) -> list[int]:
    """How many requests are under way after each turn of the loop, if all come at once."""
    turns = Turns()
    tasks: set[asyncio.Task[None]] = set()

    async def answer() -> None:
        for _ in range(turns_to_answer):
            await asyncio.sleep(0)

    def begin() -> None:
        task = asyncio.create_task(answer())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    for _ in range(requests):
        turns.take(tasks, begin)
    counts = []
    for _ in range(turns_to_watch):
        counts.append(len(tasks))
        await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    return counts


@pytest.mark.parametrize("turns_to_answer", [QUICK, FIRST])
def test_many_at_once_and_a_quick_upstream(turns_to_answer: int) -> None:
    """Never more are under way than there is room for upstream, and all are answered."""
    counts = asyncio.run(under_way_at_most(1000, turns_to_answer, 1000))

    assert (max(counts) <= ROOM, counts[-1]) == (True, 0)


def test_many_at_once_and_a_slow_upstream() -> None:
    """Some begin all the same, again and again: nobody waits for another's upstream."""
    counts = asyncio.run(under_way_at_most(1000, NEVER, 16_000))

    assert counts[-1] == 1000


@pytest.mark.parametrize("requests", [1, 48])
def test_few_at_once(requests: int) -> None:
    """All begin at once."""
    counts = asyncio.run(under_way_at_most(requests, QUICK, 1))

    assert counts == [requests]


async def begun_as_others_end(ends: list[int]) -> list[int]:
    """How many of 100 have begun after so many of them have ended, each time a turn later."""
    turns = Turns()
    under_way: list[int] = []
    begun: list[int] = []

    def begin() -> None:
        under_way.append(1)
        begun.append(1)

    for _ in range(100):
        turns.take(under_way, begin)
    counts = []
    for number in ends:
        del under_way[:number]
        await asyncio.sleep(0)
        counts.append(len(begun))
    return counts


def test_room_for_a_few() -> None:
    """The next wait until there is room for a group, and then all that there is room for begin."""
    assert asyncio.run(begun_as_others_end([0, 1, 38, 1, 0, 48])) == [48, 48, 48, 88, 88, 100]


async def begun_behind_a_failure() -> list[int]:
    """What begins behind something that fails to."""
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    turns = Turns()
    begun: list[int] = []
    turns.take(range(100), lambda: 1 / 0)
    turns.take(range(100), partial(begun.append, 1))
    for _ in range(40):
        await asyncio.sleep(0)
    return begun


def test_a_request_that_fails_to_begin() -> None:
    """Those behind it begin all the same."""
    assert asyncio.run(begun_behind_a_failure()) == [1]


async def order_of(requests: int) -> list[int]:
    """In which order requests begin that come in two groups, the second a turn later."""
    turns = Turns()
    begun: list[int] = []
    for number in range(requests):
        turns.take(begun, partial(begun.append, number))
    await asyncio.sleep(0)
    for number in range(requests, 2 * requests):
        turns.take(begun, partial(begun.append, number))
    for _ in range(32 * requests):
        await asyncio.sleep(0)
    return begun


def test_the_order() -> None:
    """Who came first begins first."""
    begun = asyncio.run(order_of(100))

    assert begun == [*range(200)]
