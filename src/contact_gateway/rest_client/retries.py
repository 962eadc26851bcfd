"""Sending again what may be sent again: a policy around another.

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
from typing import Any

from contact_gateway.rest_client.answers import UNAVAILABLE
from contact_gateway.rest_client.budget import RetryBudget
from contact_gateway.rest_client.call import Answer, Call, Repeat, Sends
from contact_gateway.rest_client.problems import (
    ConnectError,
    NotAnsweredError,
    NotSentError,
    RetryBudgetSpentError,
    UpstreamError,
)
from contact_gateway.rest_client.retry_after import retry_after_seconds

__all__ = ["Retries"]

_MOST_RETRIES = 2
_LONGEST_FIRST_PAUSE = 0.1  # seconds; doubled for the second
_MAY_PASS = UNAVAILABLE | {500}


class Retries:
    """Sends calls again within their deadline and the budget for repeats.

    A call that is a `repeat` itself is paid from the budget from the start. One that is not sent is
    no burden and not counted, nor is a read-back that is answered: an upstream that answers is not
    buried, and a true answer about a write is worth it. `now` is in seconds since the epoch,
    `clock` that of the deadlines; `jitter` is a number from 0 to 1. Pauses are `faster` so many
    times, which tests are in a hurry for. `retried` counts what was sent again.
    """

    def __init__(
        self,
        inner: Sends,
        budget: RetryBudget,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        faster: float = 1,
    ) -> None:
        self._inner = inner
        self._budget = budget
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self._jitter = jitter
        self._faster = faster
        self.retried = 0

    def send(self, call: Call) -> Coroutine[Any, Any, Answer]:
        """Send `call`, and again where that may be and may help; the last result counts.

        Raises:
            UpstreamError: the last attempt had no answer; for a write, this alone tells its fate,
                because it was only sent again where it had not been carried out.
            RetryBudgetSpentError: the call is a repeat, and there were too many; not sent.
        """
        if call.repeat is not None:
            return self._repeat(call)
        self._budget.earn(call.customer)
        return self._send(call)

    async def _repeat(self, call: Call) -> Answer:
        if not self._budget.spend(call.customer):
            raise RetryBudgetSpentError
        sent_again = call.repeat is Repeat.RESEND
        try:
            answer = await self._send(call)
        except NotSentError:
            # a caller in a hurry must not use up the repeats of others
            self._budget.give_back(call.customer)
            sent_again = False
            raise
        finally:
            self.retried += sent_again
        if call.repeat is Repeat.READ_BACK and answer.is_success:
            self._budget.give_back(call.customer)
        return answer

    async def _send(self, call: Call) -> Answer:
        retries = 0
        waited = False  # for as long as the upstream said
        while True:
            try:
                answer = await self._inner.send(call)
            except UpstreamError as error:
                pause = self._moment(retries) if _passing_error(call, error) else None
                if pause is None or not self._may_repeat(call, pause):
                    raise
            else:
                if answer.status < 400 and answer.incomplete is None:
                    return answer
                pause = self._retry_after(answer)
                if pause is not None:
                    pause, waited = None if waited else pause, True
                elif _passing_answer(call, answer):
                    pause = self._moment(retries)
                if pause is None or not self._may_repeat(call, pause):
                    return answer
            retries += 1
            self.retried += 1
            await self._sleep(pause)

    def _may_repeat(self, call: Call, pause: float) -> bool:
        return self._clock() + pause < call.deadline and self._budget.spend(call.customer)

    def _moment(self, retries: int) -> float | None:
        """A random pause, so that callers who failed together do not come back together."""
        if retries >= _MOST_RETRIES:
            return None
        longest: float = _LONGEST_FIRST_PAUSE * 2**retries
        return longest * (1 + self._jitter()) / 2 / self._faster

    def _retry_after(self, answer: Answer) -> float | None:
        """When the upstream asks to be called again, and a moment more, if it does."""
        if answer.status not in {429, 503}:
            return None
        after = retry_after_seconds(answer.headers.get("Retry-After"), self._now())
        if after is None:
            return None
        return (after + self._jitter() * _LONGEST_FIRST_PAUSE) / self._faster


def _passing_error(call: Call, error: UpstreamError) -> bool:
    """Whether a call without an answer may be sent again at once."""
    return isinstance(error, ConnectError) or (
        isinstance(error, NotAnsweredError) and call.method == "GET"
    )


def _passing_answer(call: Call, answer: Answer) -> bool:
    """Whether an answered call may be sent again at once."""
    if call.method != "GET":
        return False
    incomplete = answer.incomplete
    broken = answer.is_success and incomplete is not None and incomplete.may_pass
    return broken or answer.status in _MAY_PASS
