"""Callers that go away in the middle of a call."""

import asyncio
import time

import httpx

from contact_gateway.upstream import Transport
from tests.scripted_upstream import HANG, ScriptedUpstream, reply
from tests.upstream.stack import Stack, caller, open_stack, run


async def storm(upstream: ScriptedUpstream, stack: Stack) -> None:
    """40 calls at a time, cancelled as soon as all that can have reached the upstream."""
    upstream.answers(HANG)
    calls = [
        asyncio.create_task(stack.contact_groups.update(caller(), 1, "New")) for _ in range(40)
    ]
    await asyncio.to_thread(upstream.wait_for, 5)
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)


async def healthy(upstream: ScriptedUpstream, stack: Stack) -> float:
    """How many seconds a healthy call takes: the best of three, because machines are noisy."""
    upstream.answers(reply(204))
    durations = []
    for _ in range(3):
        started = time.perf_counter()
        await stack.contact_groups.update(caller(), 1, "New")
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
    assert seconds < 0.05


def test_storm_at_every_moment(scripted: ScriptedUpstream) -> None:
    """Cancelled after any number of turns of the event loop, a call leaves nothing behind."""

    async def storms() -> tuple[float, int, int]:
        async with open_stack(scripted.url) as stack:
            scripted.answers(reply(204))
            for turns in range(60):
                call = asyncio.create_task(stack.contact_groups.update(caller(), 1, "New"))
                for _ in range(turns % 20):
                    await asyncio.sleep(0)
                call.cancel()
                await asyncio.gather(call, return_exceptions=True)
            bulkhead = stack.guard.bulkhead
            return await healthy(scripted, stack), bulkhead.in_flight, bulkhead.queued

    seconds, *left = run(storms())
    assert left == [0, 0]
    assert seconds < 0.05


def test_storms_without_a_bulkhead(scripted: ScriptedUpstream) -> None:
    """The connection pool alone survives 3 storms of 40 cancelled calls too."""
    scripted.answers(HANG)

    def request() -> httpx.Request:
        extensions = {"deadline": time.monotonic() + 5}
        return httpx.Request("PATCH", f"{scripted.url}/", content=b"{}", extensions=extensions)

    async def storms() -> int:
        async with Transport() as transport:
            for _ in range(3):
                calls = [
                    asyncio.create_task(transport.handle_async_request(request()))
                    for _ in range(40)
                ]
                await asyncio.to_thread(scripted.wait_for, 5)
                for call in calls:
                    call.cancel()
                await asyncio.gather(*calls, return_exceptions=True)
                scripted.received.clear()
            scripted.answers(reply(204))
            return (await transport.handle_async_request(request())).status_code

    assert run(storms()) == 204
