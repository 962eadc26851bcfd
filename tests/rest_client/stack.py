"""The calls as `policy.py` stacks them, without pauses, on the event loop of a test."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial

import httpx
import uvloop

from contact_gateway.contact_groups import ContactGroupsAPI
from contact_gateway.observation import RequestRecord
from contact_gateway.rest_client import AnswerReader, Call, Caller, HTTP11Transport, Repeat
from contact_gateway.rest_client.breaker import Breaker
from contact_gateway.rest_client.budget import RetryBudget
from contact_gateway.rest_client.bulkhead import Bulkhead
from contact_gateway.rest_client.guard import Guard
from contact_gateway.rest_client.http11.dialling import Dialling
from contact_gateway.rest_client.retries import Retries
from contact_gateway.rest_client.sending import Sender

__all__ = ["Stack", "call", "caller", "open_stack", "run"]

run = uvloop.run
"""Runs a coroutine on the kind of event loop that the gateway has in production."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The calls, and the parts that tests look into."""

    contact_groups: ContactGroupsAPI
    guard: Guard
    retries: Retries

    async def rename(
        self, who: Caller, name: str = "New", group: int = 1, *, may_read: bool = True
    ) -> bool:
        """Rename a group; whether it is made, as `ContactGroupsAPI.update` says."""
        return await self.contact_groups.update(who, group, {"name": name}, may_read=may_read)


@contextlib.asynccontextmanager
async def open_stack(
    url: str,
    *,
    connections: int = 5,
    attempt_timeout: float = 2,
    clock: Callable[[], float] = time.monotonic,
    dial: Dialling | None = None,
) -> AsyncIterator[Stack]:
    """All that stands between a resolver and the upstream at `url`, without pauses.

    `clock` is that of the breaker.
    """
    async with HTTP11Transport(connections, dial=dial) as transport:
        guard = Guard(
            Sender(transport, url, attempt_timeout),
            Bulkhead(connections),
            Breaker(clock, partial(transport.can_carry, httpx.URL(url))),
            seconds_to_judge=attempt_timeout / 2,
        )
        retries = Retries(guard, RetryBudget(), sleep=_no_time)
        yield Stack(ContactGroupsAPI(retries, AnswerReader(exposed=False)), guard, retries)


def caller(*, seconds: float = 5, customer: int = 5690) -> Caller:
    """A caller who waits so many seconds from now."""
    return Caller(
        token="token",
        customer=customer,
        request_id="request",
        traceparent="00-1-1-00",
        deadline=time.monotonic() + seconds,
        record=RequestRecord(),
    )


def call(
    method: str = "PATCH",
    *,
    deadline: float | None = None,
    repeat: Repeat | None = None,
    target: str = "/v1",
) -> Call:
    """A call of a caller, with content if it is a write; `deadline` in place of the caller's."""
    content = b"{}" if method == "PATCH" else b""
    made = Call.of(caller(), method, target, content, repeat)
    return made if deadline is None else made._replace(deadline=deadline)


async def _no_time(_: float) -> None:
    await asyncio.sleep(0)
