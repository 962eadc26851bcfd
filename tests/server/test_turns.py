"""The order of work: how many requests begin at the same moment."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any, TypeVar

import pytest

from contact_gateway.server.turns import Turns

AT_ONCE = 48
ROOM = 64 + 16  # calls that may be made at a time, and wait, of UPSTREAM_MAX_CONNECTIONS
IDLE = 17  # turns of the loop in which none ends, until the upstream counts as slow
TICK = 0.002  # seconds
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


async def pass_turns(number: int) -> None:
    """Let so many turns of the event loop pass."""
    for _ in range(number):
        await asyncio.sleep(0)


async def pass_time(seconds: float) -> None:
    """Let so much time pass at once."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, StoppedClock)
    loop.now += seconds
    await pass_turns(2)


async def pass_ticks(number: int) -> None:
    """Let the time of so many ticks pass, one after the other."""
    for _ in range(number):
        await pass_time(TICK * 1.01)


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
        await pass_turns(self._turns_to_answer)
        self.answered += 1
        self.turns.ended()


async def asked_at_once(
    requests: int, turns_to_answer: int, turns_to_watch: int, at_once: int = AT_ONCE
) -> Requests:
    """Requests that all come at once, after so many turns of the loop."""
    found = Requests(turns_to_answer, at_once)
    for _ in range(requests):
        found.ask()
    await pass_turns(turns_to_watch)
    return found


@pytest.mark.parametrize("turns_to_answer", [0, QUICK, FIRST])
@pytest.mark.parametrize("at_once", [1, 2, 7, AT_ONCE, 375])
def test_many_at_once_and_a_quick_upstream(turns_to_answer: int, at_once: int) -> None:
    """Few more are ever under way than may be, and all are answered without a tick."""
    found = run(asked_at_once(1000, turns_to_answer, 1000 * (FIRST + 5), at_once))

    assert (at_once <= found.most <= at_once + 8, found.answered) == (True, 1000)


async def slow_upstream(ticks: int) -> list[int]:
    """How many have begun of 1,000 that come at once: after a turn, some turns, and some ticks."""
    found = await asked_at_once(1000, NEVER, 1)
    begun = [len(found.under_way)]
    await pass_turns(IDLE)
    begun.append(len(found.under_way))
    await pass_ticks(ticks)
    begun.append(len(found.under_way))
    for task in found.under_way:
        task.cancel()
    return begun


def test_many_at_once_and_a_slow_upstream() -> None:
    """Four begin with every tick all the same: nobody waits for another's upstream."""
    assert run(slow_upstream(10)) == [AT_ONCE, AT_ONCE + 4, AT_ONCE + 44]
    assert run(slow_upstream(250)) == [AT_ONCE, AT_ONCE + 4, 1000]


def test_an_upstream_that_pauses() -> None:
    """For 14 ms, nobody is refused for it."""
    assert run(slow_upstream(int(0.014 / TICK)))[-1] <= ROOM


@pytest.mark.parametrize("requests", [1, AT_ONCE])
def test_few_at_once(requests: int) -> None:
    """All begin at once."""
    assert run(asked_at_once(requests, QUICK, 0)).most == requests


class Counted:
    """A hundred requests that wait for their turn, of which `begun` have begun."""

    def __init__(self) -> None:
        self.turns = Turns(AT_ONCE)
        self.under_way: list[int] = []
        self.begun = 0
        for _ in range(100):
            self.turns.take(self.under_way, self._begin)

    def _begin(self) -> None:
        self.under_way.append(1)
        self.begun += 1

    async def end(self, number: int) -> int:
        """End so many in one turn; how many have begun some turns later."""
        del self.under_way[:number]
        self.turns.ended()
        await pass_turns(3)
        return self.begun


async def begun_as_others_end(ends: list[int]) -> list[int]:
    """How many have begun after so many have ended, one after the other."""
    counted = Counted()
    return [await counted.end(number) for number in ends]


def test_room_for_a_few() -> None:
    """The next wait until there is room for a group, and then all begin that have room."""
    assert run(begun_as_others_end([0, 1, 38, 1, 0])) == [48, 48, 48, 88, 88]
    assert run(begun_as_others_end([48, 48])) == [96, 100]


async def begun_when_no_more_end(ended: int, turns: int) -> int:
    """How many have begun where so many have ended, and none in so many turns after that."""
    counted = Counted()
    await counted.end(ended)
    await pass_turns(turns)
    return counted.begun


@pytest.mark.parametrize(
    ("ended", "turns", "begun"), [(10, IDLE - 4, 48), (10, IDLE, 58), (0, IDLE, 52)]
)
def test_some_that_do_not_end(ended: int, turns: int, begun: int) -> None:
    """After some turns all begin that have room, and four where there is none."""
    assert run(begun_when_no_more_end(ended, turns)) == begun


async def begun_after_an_end() -> list[int]:
    """How many have begun when the upstream was slow, and then a whole group ends."""
    counted = Counted()
    await pass_turns(IDLE)
    return [counted.begun, await counted.end(len(counted.under_way))]


def test_an_upstream_that_goes_on() -> None:
    """The next begin at once, and do not wait for a tick."""
    assert run(begun_after_an_end()) == [52, 100]


async def begun_behind_a_failure() -> list[int]:
    """What begins behind something that fails to."""
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    turns = Turns(AT_ONCE)
    begun: list[int] = []
    turns.take(range(100), lambda: 1 / 0)
    turns.take(range(100), partial(begun.append, 1))
    await pass_turns(IDLE)
    await pass_ticks(2)
    return begun


def test_a_request_that_fails_to_begin() -> None:
    """Those behind it begin all the same."""
    assert run(begun_behind_a_failure()) == [1]


async def begun_behind_those_that_are_gone(number: int) -> list[int]:
    """What begins behind so many requests that nobody waits for any longer."""
    turns = Turns(AT_ONCE)
    begun: list[int] = []
    for _ in range(number):
        turns.take(range(AT_ONCE), lambda: False)
    turns.take(range(AT_ONCE), partial(begun.append, 1))
    await pass_turns(IDLE + 1)
    return begun


def test_requests_that_nobody_waits_for() -> None:
    """They take nobody's turn."""
    assert run(begun_behind_those_that_are_gone(1000)) == [1]


async def with_all_that_may_be_stuck(requests: int) -> int:
    """How many are answered without a tick behind as many that are stuck as may be under way."""
    stuck = await asked_at_once(AT_ONCE, NEVER, 1)
    answered = Requests(QUICK)
    answered.turns, answered.under_way = stuck.turns, stuck.under_way
    for _ in range(requests):
        answered.ask()
    await pass_turns(requests * (QUICK + IDLE))
    for task in stuck.under_way:
        task.cancel()
    return answered.answered


def test_as_many_that_are_stuck_as_may_be_under_way() -> None:
    """The others are answered all the same, and wait for no tick."""
    assert run(with_all_that_may_be_stuck(1000)) == 1000


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
