"""Sending again what may be sent again: an httpx transport around another.

| What happened | Sent again |
| --- | --- |
| no connection: nothing was sent | twice at most, after a moment |
| a read failed in a way that may pass | twice at most, after a moment |
| 429, or 503 that says when to come back | once, when it says so, if that is before the deadline |
| a write was sent and not answered clearly | never: whoever sent it reads it back first |
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Coroutine
from enum import Enum
from typing import Any

import httpx

from contact_gateway.upstream.answers import UNAVAILABLE, retry_after_seconds
from contact_gateway.upstream.connection import Incomplete
from contact_gateway.upstream.problems import (
    ConnectError,
    NotAnsweredError,
    NotSentError,
    RetryBudgetSpentError,
    UpstreamError,
)
from contact_gateway.upstream.retry_budget import RetryBudget

__all__ = ["Repeat", "Retries"]

_MOST_RETRIES = 2
_LONGEST_FIRST_PAUSE = 0.1  # seconds; doubled for the second
_MAY_PASS = UNAVAILABLE | {500}


class Repeat(Enum):
    """Why a request is a repeat of an earlier one: to find out what became of it, or to redo it."""

    READ_BACK = "read back"
    RESEND = "resend"


class Retries(httpx.AsyncBaseTransport):
    """Sends requests again within their deadline and the budget for repeats.

    A request with a `Repeat` in `extensions["repeat"]` is paid from the budget from the start. One
    that is not sent is no burden and not counted, nor is a read-back that is answered: an upstream
    that answers is not buried, and a true answer about a write is worth it. `now` is in seconds
    since the epoch, `clock` that of the deadlines; `jitter` is a number from 0 to 1. `retried`
    counts what was sent again.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        budget: RetryBudget,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._transport = transport
        self._budget = budget
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self._jitter = jitter
        self.retried = 0

    def handle_async_request(self, request: httpx.Request) -> Coroutine[Any, Any, httpx.Response]:
        """Send `request`, and again where that may be and may help; the last result counts.

        Raises:
            UpstreamError: the last attempt had no answer; for a write, this alone tells its fate,
                because it was only sent again where it had not been carried out.
            RetryBudgetSpentError: the request is a repeat, and there were too many; not sent.
        """
        repeat: Repeat | None = request.extensions.get("repeat")
        if repeat is not None:
            return self._repeat(request, repeat)
        self._budget.earn()
        return self._send(request)

    async def _repeat(self, request: httpx.Request, repeat: Repeat) -> httpx.Response:
        if not self._budget.spend():
            raise RetryBudgetSpentError
        sent_again = repeat is Repeat.RESEND
        try:
            response = await self._send(request)
        except NotSentError:
            # a caller in a hurry must not use up the repeats of all others
            self._budget.give_back()
            sent_again = False
            raise
        finally:
            self.retried += sent_again
        if repeat is Repeat.READ_BACK and response.is_success:
            self._budget.give_back()
        return response

    async def _send(self, request: httpx.Request) -> httpx.Response:
        retries = 0
        waited = False  # for as long as the upstream said
        while True:
            try:
                response = await self._transport.handle_async_request(request)
            except UpstreamError as error:
                pause = self._moment(retries) if _passing_error(request, error) else None
                if pause is None or not self._may_repeat(request, pause):
                    raise
            else:
                if response.status_code < 400 and not response.extensions:
                    return response
                pause = self._retry_after(response)
                if pause is not None:
                    pause, waited = None if waited else pause, True
                elif _passing_answer(request, response):
                    pause = self._moment(retries)
                if pause is None or not self._may_repeat(request, pause):
                    return response
            retries += 1
            self.retried += 1
            await self._sleep(pause)

    def _may_repeat(self, request: httpx.Request, pause: float) -> bool:
        in_time: bool = self._clock() + pause < request.extensions["deadline"]
        return in_time and self._budget.spend()

    def _moment(self, retries: int) -> float | None:
        """A random pause, so that callers who failed together do not come back together."""
        if retries >= _MOST_RETRIES:
            return None
        longest: float = _LONGEST_FIRST_PAUSE * 2**retries
        return longest * (1 + self._jitter()) / 2

    def _retry_after(self, response: httpx.Response) -> float | None:
        """When the upstream asks to be called again, and a moment more, if it does."""
        if response.status_code not in {429, 503}:
            return None
        after = retry_after_seconds(response.headers.get("Retry-After"), self._now())
        return None if after is None else after + self._jitter() * _LONGEST_FIRST_PAUSE


def _passing_error(request: httpx.Request, error: UpstreamError) -> bool:
    """Whether a request without an answer may be sent again at once."""
    return isinstance(error, ConnectError) or (
        isinstance(error, NotAnsweredError) and request.method == "GET"
    )


def _passing_answer(request: httpx.Request, response: httpx.Response) -> bool:
    """Whether an answered request may be sent again at once."""
    if request.method != "GET":
        return False
    incomplete: Incomplete | None = response.extensions.get("incomplete")
    broken = response.is_success and incomplete is not None and incomplete.may_pass
    return broken or response.status_code in _MAY_PASS
