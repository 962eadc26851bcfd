"""Writes of one turn of the event loop: which go out at once, which together after it."""

import asyncio

from contact_gateway.event_loop.writes import Writes

FEW, MANY = 2, 3


def test_few_requests() -> None:
    """What is written while few are under way is sent at once."""
    sent: list[int] = []
    Writes().add(lambda: sent.append(1), FEW)

    assert sent == [1]


def test_many_requests() -> None:
    """What is written in one turn is sent after it, in the order of the calls."""
    sent: list[int] = []

    async def one_turn() -> list[int]:
        writes = Writes()
        for number in range(3):
            writes.add(lambda number=number: sent.append(number), MANY)  # type: ignore[misc]
        before = sent.copy()
        await asyncio.sleep(0)
        return before

    assert (asyncio.run(one_turn()), sent) == ([], [0, 1, 2])


def test_many_turns() -> None:
    """What is written in a later turn is sent after that one."""
    sent: list[int] = []

    async def turns() -> list[int]:
        writes, seen = Writes(), []
        for _ in range(3):
            writes.add(lambda: sent.append(1), MANY)
            await asyncio.sleep(0)
            seen.append(len(sent))
        return seen

    assert asyncio.run(turns()) == [1, 2, 3]


def _fail() -> None:
    raise ZeroDivisionError


def test_a_write_that_fails() -> None:
    """Those behind it are sent all the same."""
    sent: list[int] = []

    async def failing() -> list[str]:
        told: list[str] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, what: told.append(repr(what["exception"])))
        writes = Writes()
        writes.add(_fail, MANY)
        writes.add(lambda: sent.append(1), MANY)
        for _ in range(3):
            await asyncio.sleep(0)
        return told

    assert (asyncio.run(failing()), sent) == (["ZeroDivisionError()"], [1])
