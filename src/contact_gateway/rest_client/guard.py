"""What stands between the callers and the upstream: a policy around another."""

import time
from collections.abc import Callable

from contact_gateway.rest_client.answers import UNAVAILABLE
from contact_gateway.rest_client.breaker import Breaker
from contact_gateway.rest_client.bulkhead import Bulkhead
from contact_gateway.rest_client.call import Answer, Call, Sends
from contact_gateway.rest_client.problems import ConnectError, NotAnsweredError

__all__ = ["Guard"]


class Guard:
    """Sends no more at a time than the bulkhead allows, and nothing while a circuit is open for it.

    A failure counts only if it had `seconds_to_judge` before the deadline of the call: a caller in
    a hurry must not close the service to others.
    """

    def __init__(
        self,
        inner: Sends,
        bulkhead: Bulkhead,
        breaker: Breaker,
        *,
        seconds_to_judge: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inner = inner
        self.bulkhead = bulkhead
        self.breaker = breaker
        self._seconds_to_judge = seconds_to_judge
        self._clock = clock

    async def send(self, call: Call) -> Answer:
        """Send `call` in its turn.

        Raises:
            CircuitOpenError: the upstream failed too often for this customer, or for all; nothing
                was sent.
            QueueFullError: too many calls wait already; nothing was sent.
            DeadlineError: no turn before the deadline; nothing was sent.
        """
        customer = call.customer
        if not self.bulkhead.take(customer):
            self.breaker.check(customer)  # who would be refused in the end need not wait for it
            await self.bulkhead.wait(customer, call.deadline)
        permit: int | None = None
        failed: bool | None = None
        connected = True
        try:
            hurried = call.deadline - self._clock() < self._seconds_to_judge
            permit = self.breaker.admit(customer)
            answer = await self._inner.send(call)
            failed = _failed(answer)
        except ConnectError:
            failed, connected = True, False
            raise
        except NotAnsweredError as error:
            # a reload of the upstream ends all that are idle at once, which is no failure
            failed = None if error.at_rest else True
            raise
        finally:
            self.bulkhead.release(customer)
            if permit is None:
                pass  # the circuit is open
            elif failed is None or (failed and hurried):
                self.breaker.abandoned(
                    customer, permit
                )  # cancelled, a fault of our own, no fair chance, or only a connection's end
            elif failed:
                self.breaker.failed(customer, permit, connected=connected)
            else:
                self.breaker.succeeded(customer, permit)
        return answer


def _failed(answer: Answer) -> bool:
    """Whether an answer shows that the upstream is not well: never a 4xx, and not a 500."""
    incomplete = answer.incomplete
    return answer.status in UNAVAILABLE or (incomplete is not None and incomplete.may_pass)
