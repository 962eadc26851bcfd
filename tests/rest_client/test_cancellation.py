"""Callers that go away in the middle of a call."""

import asyncio
import time

from contact_gateway.rest_client import HTTP11Transport
from contact_gateway.rest_client.sending import Sender
from tests.rest_client.promptness import PROMPT, measured
from tests.rest_client.stack import Stack, call, caller, open_stack, run
from tests.scripted_upstream import HANG, ScriptedUpstream, reply


async def storm(upstream: ScriptedUpstream, stack: Stack) -> None:
    """40 calls at a time, cancelled as soon as all that can have reached the upstream."""
    upstream.answers(HANG)
    calls = [asyncio.create_task(stack.rename(caller())) for _ in range(40)]
    await asyncio.to_thread(upstream.wait_for, 5)
    for each in calls:
        each.cancel()
    await asyncio.gather(*calls, return_exceptions=True)


async def healthy(upstream: ScriptedUpstream, stack: Stack) -> float:
    """How many seconds a healthy call takes: the best of several, because machines are noisy."""
    upstream.answers(reply(204))
    durations: list[float] = []
    while not measured(durations):
        started = time.perf_counter()
        await stack.rename(caller())
        durations.append(time.perf_counter() - started)
    return min(durations)


def test_storms(scripted: ScriptedUpstream) -> None:
    """After 3 storms of 40 cancelled calls on a pool of 5, all slots and connections are free."""

    async def storms() -> tuple[float, int, int, str]:
        async with open_stack(scripted.url) as stack:
            for _ in range(3):
                await storm(scripted, stack)
            bulkhead = stack.guard.bulkhead
            left = bulkhead.in_flight, bulkhead.queued, stack.guard.breaker.state
            return await healthy(scripted, stack), *left

    seconds, *left = run(storms())
    assert left == [0, 0, "closed"]
    assert seconds < PROMPT


def test_storm_at_every_moment(scripted: ScriptedUpstream) -> None:
    """Cancelled after any number of turns of the event loop, a call leaves nothing behind."""

    async def storms() -> tuple[float, int, int]:
        async with open_stack(scripted.url) as stack:
            scripted.answers(reply(204))
            for turns in range(60):
                leaving = asyncio.create_task(stack.rename(caller()))
                for _ in range(turns % 20):
                    await asyncio.sleep(0)
                leaving.cancel()
                await asyncio.gather(leaving, return_exceptions=True)
            bulkhead = stack.guard.bulkhead
            return await healthy(scripted, stack), bulkhead.in_flight, bulkhead.queued

    seconds, *left = run(storms())
    assert left == [0, 0]
    assert seconds < PROMPT


def test_storms_without_a_bulkhead(scripted: ScriptedUpstream) -> None:
    """The connection pool alone survives 3 storms of 40 cancelled calls too."""
    scripted.answers(HANG)

    async def storms() -> int:
        async with HTTP11Transport() as transport:
            sender = Sender(transport, scripted.url, 5)
            for _ in range(3):
                calls = [asyncio.create_task(sender.send(call())) for _ in range(40)]
                await asyncio.to_thread(scripted.wait_for, 5)
                for each in calls:
                    each.cancel()
                await asyncio.gather(*calls, return_exceptions=True)
                scripted.received.clear()
            scripted.answers(reply(204))
            return (await sender.send(call())).status

    assert run(storms()) == 204
