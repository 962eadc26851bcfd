"""Work that is begun a second time when it takes long."""

import asyncio

import pytest

from contact_gateway.event_loop.second_try import with_second_try

SOON, NEVER = 0.01, 60.0


class Work:
    """Work whose tries a test ends, with a result or an error; it counts those cancelled."""

    def __init__(self, tries: int) -> None:
        self.ends = [asyncio.get_running_loop().create_future() for _ in range(tries)]
        self.begun = [asyncio.Event() for _ in range(tries)]
        self.count = 0
        self.cancelled = 0

    async def __call__(self) -> str:
        """One try."""
        number = self.count
        self.count += 1
        self.begun[number].set()
        try:
            result: str = await self.ends[number]
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return result


async def ended(*outcomes: tuple[int, str | Exception], patience: float) -> tuple[str, int, int]:
    """The result when tries end so in this order; how many were begun, and how many cancelled."""
    work = Work(2)
    waiting = asyncio.create_task(with_second_try(work, patience))
    for number, outcome in outcomes:
        await work.begun[number].wait()
        if isinstance(outcome, Exception):
            work.ends[number].set_exception(outcome)
        else:
            work.ends[number].set_result(outcome)
    try:
        result = await waiting
    except OSError as error:
        result = repr(error)
    return result, work.count, work.cancelled


def late(number: int) -> tuple[int, str]:
    """A try that comes to something."""
    return number, f"result of {number}"


@pytest.mark.parametrize(
    ("outcomes", "patience", "expected"),
    [
        ([late(0)], NEVER, ("result of 0", 1, 0)),
        ([(0, OSError(0))], NEVER, ("OSError(0)", 1, 0)),
        ([late(1)], SOON, ("result of 1", 2, 1)),
        ([(1, OSError(1)), late(0)], SOON, ("result of 0", 2, 0)),
        ([(1, OSError(1)), (0, OSError(1))], SOON, ("OSError(1)", 2, 0)),
    ],
    ids=["in time", "fails in time", "slow once", "second fails", "both fail"],
)
def test_outcomes(
    outcomes: list[tuple[int, str | Exception]], patience: float, expected: tuple[str, int, int]
) -> None:
    """The first good result counts, whichever try it is of, and nothing is left under way."""
    assert asyncio.run(ended(*outcomes, patience=patience)) == expected


def test_slow_first_try() -> None:
    """It may still be the one that comes first."""

    async def body() -> tuple[str, int, int]:
        work = Work(2)
        waiting = asyncio.create_task(with_second_try(work, SOON))
        await work.begun[1].wait()
        work.ends[0].set_result("first")
        return await waiting, work.count, work.cancelled

    assert asyncio.run(body()) == ("first", 2, 1)


def test_one_who_goes_away() -> None:
    """Both tries are cancelled with whoever waits for them."""

    async def body() -> tuple[int, set[asyncio.Task[object]]]:
        work = Work(2)
        waiting = asyncio.create_task(with_second_try(work, SOON))
        await work.begun[1].wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return work.cancelled, asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(body()) == (2, set())
