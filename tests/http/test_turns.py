"""The order of work: how many requests begin at the same moment."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any, TypeVar

import pytest

from contact_gateway.http import Turns

AT_ONCE = 64  # UPSTREAM_MAX_CONNECTIONS
ROOM = AT_ONCE + AT_ONCE // 4  # calls that may be made at a time, and wait
TICK = 0.002  # seconds after which one of those that wait begins all the same
QUICK = 3  # turns of the loop until an upstream answers that is quicker than the gateway
FIRST = 20  # and until it answers on a new connection
NEVER = 1_000_000

Result = TypeVar("Result")


class StoppedClock(asyncio.SelectorEventLoop):
    """An event loop whose time passes only if somebody says so."""

    now = 0.0

    def time(self) -> float:
        """Seconds, of its own."""
        return self.now


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run it on a stopped clock."""
    with asyncio.Runner(loop_factory=StoppedClock) as runner:
        return runner.run(main)


async def pass_ticks(number: int) -> None:
    """Let the time of so many ticks pass, one after the other."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, StoppedClock)
    for _ in range(number):
        loop.now += TICK * 1.01
        await asyncio.sleep(0)
        await asyncio.sleep(0)


class Requests:
    """Requests that begin when it is their turn, and are answered after so many turns of the loop.

    `most` is the largest number that were under way.
    """

    def __init__(self, turns_to_answer: int, at_once: int = AT_ONCE) -> None:
        self.turns = Turns(at_once)
        self.under_way: set[asyncio.Task[None]] = set()
        self.most = self.answered = 0
        self._turns_to_answer = turns_to_answer

    def ask(self) -> None:
        """Ask for one more."""
        self.turns.take(self.under_way, self._begin)

    def _begin(self) -> None:
        task = asyncio.create_task(self._answer())
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)
        self.most = max(self.most, len(self.under_way))

    async def _answer(self) -> None:
        for _ in range(self._turns_to_answer):
            await asyncio.sleep(0)
        self.answered += 1
        self.turns.ended()


async def asked_at_once(
    requests: int, turns_to_answer: int, turns_to_watch: int, at_once: int = AT_ONCE
) -> Requests:
    """Requests that all come at once, after so many turns of the loop."""
    found = Requests(turns_to_answer, at_once)
    for _ in range(requests):
        found.ask()
    for _ in range(turns_to_watch):
        await asyncio.sleep(0)
    return found


@pytest.mark.parametrize("turns_to_answer", [0, QUICK, FIRST])
@pytest.mark.parametrize("at_once", [1, 2, 7, 64, 375])
def test_many_at_once_and_a_quick_upstream(turns_to_answer: int, at_once: int) -> None:
    """No more are ever under way than may be, and all are answered without a tick."""
    found = run(asked_at_once(1000, turns_to_answer, 1000 * (FIRST + 5), at_once))

    assert (found.most, found.answered) == (at_once, 1000)


async def slow_upstream(ticks: int) -> list[int]:
    """How many have begun of 1,000 that come at once, after a turn and after so many ticks."""
    found = await asked_at_once(1000, NEVER, 1)
    begun = [len(found.under_way)]
    await pass_ticks(ticks)
    begun.append(len(found.under_way))
    for task in found.under_way:
        task.cancel()
    return begun


def test_many_at_once_and_a_slow_upstream() -> None:
    """One begins with every tick all the same: nobody waits for another's upstream."""
    assert run(slow_upstream(10)) == [AT_ONCE, AT_ONCE + 10]
    assert run(slow_upstream(1000)) == [AT_ONCE, 1000]


def test_an_upstream_that_pauses() -> None:
    """For 30 ms, nobody is refused for it."""
    assert run(slow_upstream(int(0.030 / TICK)))[1] <= ROOM


@pytest.mark.parametrize("requests", [1, AT_ONCE])
def test_few_at_once(requests: int) -> None:
    """All begin at once."""
    assert run(asked_at_once(requests, QUICK, 0)).most == requests


async def begun_as_others_end(ends: list[int]) -> list[int]:
    """How many of 100 have begun after so many of them have ended, each time some turns later."""
    turns = Turns(AT_ONCE)
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
        turns.ended()
        for _ in range(3):
            await asyncio.sleep(0)
        counts.append(len(begun))
    await pass_ticks(1)
    return [*counts, len(begun)]


def test_room_for_a_few() -> None:
    """As many begin as have ended, and with a tick one more."""
    assert run(begun_as_others_end([0, 1, 14, 0])) == [64, 65, 79, 79, 80]
    assert run(begun_as_others_end([64])) == [100, 100]


async def begun_behind_a_failure() -> list[int]:
    """What begins behind something that fails to."""
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    turns = Turns(AT_ONCE)
    begun: list[int] = []
    turns.take(range(100), lambda: 1 / 0)
    turns.take(range(100), partial(begun.append, 1))
    await pass_ticks(2)
    return begun


def test_a_request_that_fails_to_begin() -> None:
    """Those behind it begin all the same."""
    assert run(begun_behind_a_failure()) == [1]


async def order_of(requests: int) -> list[int]:
    """In which order requests begin that come in two groups, the second a tick later."""
    turns = Turns(AT_ONCE)
    begun: list[int] = []
    for number in range(requests):
        turns.take(begun, partial(begun.append, number))
    await pass_ticks(1)
    for number in range(requests, 2 * requests):
        turns.take(begun, partial(begun.append, number))
    await pass_ticks(2 * requests)
    return begun


def test_the_order() -> None:
    """Who came first begins first."""
    assert run(order_of(100)) == [*range(200)]
