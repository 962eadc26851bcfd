"""What stands between the callers and the upstream: an httpx transport around another."""

import time
from collections.abc import Callable

import httpx

from contact_gateway.upstream.answers import UNAVAILABLE
from contact_gateway.upstream.breaker import Breaker
from contact_gateway.upstream.bulkhead import Bulkhead
from contact_gateway.upstream.connection import Incomplete
from contact_gateway.upstream.problems import ConnectError, NotAnsweredError

__all__ = ["Guard"]


class Guard(httpx.AsyncBaseTransport):
    """Sends no more at a time than the bulkhead allows, and nothing while the circuit is open.

    A failure counts against the upstream only if it had `seconds_to_judge` before the deadline of
    the request: a caller in a hurry must not close the service to all others.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        bulkhead: Bulkhead,
        breaker: Breaker,
        *,
        seconds_to_judge: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self.bulkhead = bulkhead
        self.breaker = breaker
        self._seconds_to_judge = seconds_to_judge
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` in its turn.

        Raises:
            CircuitOpenError: the upstream failed too often; nothing was sent.
            QueueFullError: too many calls wait already; nothing was sent.
            DeadlineError: no turn before the deadline; nothing was sent.
        """
        if not self.bulkhead.take():
            self.breaker.check()  # who would be refused in the end need not wait for it
            await self.bulkhead.wait(request.extensions["deadline"])
        permit: int | None = None
        failed: bool | None = None
        try:
            hurried = request.extensions["deadline"] - self._clock() < self._seconds_to_judge
            permit = self.breaker.admit()
            response = await self._transport.handle_async_request(request)
            failed = _failed(response)
        except (ConnectError, NotAnsweredError):
            failed = True
            raise
        finally:
            self.bulkhead.release()
            if permit is None:
                pass  # the circuit is open
            elif failed is None or (failed and hurried):
                self.breaker.abandoned(permit)  # cancelled, a fault of our own, or no fair chance
            elif failed:
                self.breaker.failed(permit)
            else:
                self.breaker.succeeded(permit)
        return response


def _failed(response: httpx.Response) -> bool:
    """Whether an answer shows that the upstream is not well: never a 4xx, and not a 500."""
    incomplete: Incomplete | None = response.extensions.get("incomplete")
    return response.status_code in UNAVAILABLE or (incomplete is not None and incomplete.may_pass)
