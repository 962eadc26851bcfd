"""The upstream calls as `app.py` stacks them, on the event loop of a test."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import uvloop

from contact_gateway.observation import RequestRecord
from contact_gateway.upstream import (
    Breaker,
    Bulkhead,
    Caller,
    ContactGroups,
    Guard,
    Retries,
    RetryBudget,
    Transport,
)

__all__ = ["Stack", "caller", "open_stack", "run"]

run = uvloop.run
"""Runs a coroutine on the kind of event loop that the gateway has in production."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The calls, and the parts that tests look into."""

    contact_groups: ContactGroups
    guard: Guard
    retries: Retries


@contextlib.asynccontextmanager
async def open_stack(
    url: str, *, connections: int = 5, attempt_timeout: float = 2
) -> AsyncIterator[Stack]:
    """All that stands between a resolver and the upstream at `url`, without pauses."""
    async with Transport(attempt_timeout, connections) as transport:
        guard = Guard(
            transport,
            Bulkhead(connections),
            Breaker(time.monotonic),
            seconds_to_judge=attempt_timeout / 2,
        )
        retries = Retries(guard, RetryBudget(), sleep=_no_time)
        yield Stack(ContactGroups(retries, url, expose_server_problems=False), guard, retries)


def caller(*, seconds: float = 5, customer: int = 5690, may_read: bool = True) -> Caller:
    """A caller who waits so many seconds from now."""
    return Caller(
        token="token",
        customer=customer,
        request_id="request",
        traceparent="00-1-1-00",
        deadline=time.monotonic() + seconds,
        may_read=may_read,
        record=RequestRecord(),
    )


async def _no_time(_: float) -> None:
    await asyncio.sleep(0)
