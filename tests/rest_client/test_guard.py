"""Bulkhead and breaker together: what counts against the upstream, and what waits for what."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import httpx
import pytest

from contact_gateway.rest_client.breaker import Breaker
from contact_gateway.rest_client.bulkhead import Bulkhead
from contact_gateway.rest_client.call import Answer, Call, Incomplete
from contact_gateway.rest_client.guard import Guard
from contact_gateway.rest_client.problems import (
    CircuitOpenError,
    ConnectError,
    DeadlineError,
    NotAnsweredError,
    UpstreamError,
)
from tests.rest_client.stack import call, run

Behaviour = Callable[[], Awaitable[Answer]]


def answer(status: int, incomplete: Incomplete | None = None, **headers: str) -> Answer:
    """An answer without content; `headers` have `_` for `-`."""
    fields = httpx.Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return Answer(status, fields, incomplete=incomplete)


class Behaving:
    """A sender that does what it is told, under a clock that stands still."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.time = 100.0

    async def send(self, call: Call) -> Answer:
        """Do it."""
        assert call.method == "PATCH"
        return await self.behaviour()

    def guard(self, slots: int = 4) -> Guard:
        """A guard before this sender that wants a second to judge."""

        def clock() -> float:
            return self.time

        return Guard(self, Bulkhead(slots), Breaker(clock), seconds_to_judge=1, clock=clock)


def ending_with(outcome: Answer | Exception) -> Behaviour:
    """Answer, or fail, at once."""

    async def end() -> Answer:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return end


async def hang() -> Answer:
    """Never answer."""
    await asyncio.get_running_loop().create_future()
    raise AssertionError


async def send(guard: Guard, deadline: float = 1e9) -> Answer | UpstreamError:
    """Send a call; its answer or error."""
    try:
        return await guard.send(call(deadline=deadline))
    except UpstreamError as error:
        return error


async def cancelled(guard: Guard) -> None:
    """Send a call and go away."""
    leaving = asyncio.create_task(guard.send(call(deadline=1e9)))
    await asyncio.sleep(0)
    leaving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await leaving


@pytest.mark.parametrize(
    "outcome",
    [
        ConnectError(),
        NotAnsweredError(),
        answer(502),
        answer(503),
        answer(503, Retry_After="1"),
        answer(504),
        answer(200, Incomplete.LATE),
        answer(200, Incomplete.CUT_OFF),
    ],
)
def test_failures(outcome: Answer | Exception) -> None:
    """Five of these in a row open the circuit; the sixth call is not sent."""

    async def six() -> list[type]:
        guard = Behaving(ending_with(outcome)).guard()
        return [type(await send(guard)) for _ in range(6)]

    assert run(six()) == [*[type(outcome)] * 5, CircuitOpenError]


@pytest.mark.parametrize(
    "outcome",
    [
        *(answer(status) for status in (200, 204, 307, 400, 401, 403, 404, 422, 429)),
        answer(500),
        answer(501),
        answer(200, Incomplete.OVERSIZED),
        DeadlineError(),
        NotAnsweredError(at_rest=True),
    ],
)
def test_what_is_no_failure(outcome: Answer | Exception) -> None:
    """An upstream that answers is there, whatever it says; what was never tried says nothing.

    Nor does the end of a connection that was idle.
    """

    async def six() -> list[type]:
        guard = Behaving(ending_with(outcome)).guard()
        return [type(await send(guard)) for _ in range(6)]

    assert run(six()) == [type(outcome)] * 6


def test_callers_in_a_hurry() -> None:
    """Whose deadline left no fair chance does not close the service to others."""

    async def hurried() -> str:
        upstream = Behaving(ending_with(NotAnsweredError()))
        guard = upstream.guard()
        for _ in range(20):
            await send(guard, upstream.time + 0.9)
        return guard.breaker.state

    assert run(hurried()) == "closed"


def test_cancelled_calls() -> None:
    """Callers who leave take no slot along, and do not count as failures."""

    async def leaving() -> tuple[str, int]:
        guard = Behaving(hang).guard()
        for _ in range(20):
            await cancelled(guard)
        return guard.breaker.state, guard.bulkhead.in_flight

    assert run(leaving()) == ("closed", 0)


def test_cancelled_probe() -> None:
    """A caller who leaves while probing does not keep the circuit open."""

    async def probing() -> list[str]:
        upstream = Behaving(ending_with(NotAnsweredError()))
        guard = upstream.guard()
        for _ in range(5):
            await send(guard)
        upstream.time += 1
        upstream.behaviour = hang
        await cancelled(guard)
        states = [guard.breaker.state]
        upstream.behaviour = ending_with(answer(204))
        await send(guard)
        return [*states, guard.breaker.state]

    assert run(probing()) == ["open", "closed"]


def test_circuit_that_opens_while_calls_wait() -> None:
    """Calls in the queue are not sent any more, and no others join them."""

    async def opening() -> tuple[list[type], int]:
        gate = asyncio.Event()
        sent = 0

        async def fail_together() -> Answer:
            nonlocal sent
            sent += 1
            await gate.wait()
            raise NotAnsweredError

        guard = Behaving(fail_together).guard(slots=8)
        calls = [asyncio.create_task(send(guard)) for _ in range(10)]
        await asyncio.sleep(0)  # each has come as far as it can
        gate.set()
        return [type(outcome) for outcome in await asyncio.gather(*calls)], sent

    outcomes, sent = run(opening())
    assert sent == 8
    assert outcomes == [NotAnsweredError] * 8 + [CircuitOpenError] * 2


def test_open_circuit_before_a_full_bulkhead() -> None:
    """Who would be refused in the end is not made to wait for a slot."""

    async def both() -> tuple[type, int]:
        upstream = Behaving(hang)
        guard = upstream.guard(slots=1)
        under_way = asyncio.create_task(send(guard))
        await asyncio.sleep(0)
        for _ in range(5):
            guard.breaker.failed(5690, guard.breaker.admit(5690))
        outcome = await send(guard)
        queued = guard.bulkhead.queued
        under_way.cancel()
        return type(outcome), queued

    assert run(both()) == (CircuitOpenError, 0)
