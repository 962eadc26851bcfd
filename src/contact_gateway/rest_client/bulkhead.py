"""A bulkhead: so many calls at a time, so many waiting, and no more; and nobody takes all of them.

Slots are free to anybody as long as there are plenty. With several customers, one may take another
slot only while it holds fewer than three times as many as are free, and the last one only while it
holds none (dynamic thresholds: Choudhury and Hahne, IEEE/ACM Transactions on Networking 6, 1998).
So however many customers have calls that hang, there is a slot for the next: of 64 slots, one such
customer holds 48, two hold 28 and 27, twenty 3 or 4 each. Who has always been alone holds all 64.
"""

import asyncio
import time
from collections import OrderedDict, deque
from typing import Final

from contact_gateway.rest_client.problems import DeadlineError, QueueFullError

__all__ = ["Bulkhead"]

_TIMES_WHAT_IS_FREE: Final = 3
_NOBODY, _SEVERAL = 0, -1  # no ids of customers


class Bulkhead:
    """Slots for calls, given to customers in turn, and to one's calls in the order of asking.

    A quarter as many calls as there are slots may wait: none of them for much longer than a
    quarter of a call. If one more comes, it takes the place of the latest of whoever has most under
    way and waiting. `in_flight`, `queued` and `shed` are for display.
    """

    def __init__(self, slots: int) -> None:
        self._slots = slots
        # with fewer taken, anybody may take one: what is held is less than three times what is free
        self._plenty = min(-(-slots * _TIMES_WHAT_IS_FREE // (_TIMES_WHAT_IS_FREE + 1)), slots - 1)
        self._most_waiting = max(1, slots // 4)
        self._only_customer = _NOBODY
        self._held: dict[int, int] = {}
        self._waiting: OrderedDict[int, deque[asyncio.Future[None]]] = OrderedDict()
        self.in_flight = 0
        self.queued = 0
        self.shed = 0

    def take(self, customer: int) -> bool:
        """Take a slot if there is one for this customer; none that waits could have it."""
        if customer != self._only_customer:
            self._only_customer = _SEVERAL if self._only_customer else customer
        if self.in_flight >= self._plenty and not self._may_take(customer):
            return False
        self.in_flight += 1
        self._held[customer] = self._held.get(customer, 0) + 1
        return True

    async def wait(self, customer: int, deadline: float) -> None:
        """Take a slot as soon as it is one's turn; `deadline` is on `time.monotonic`'s clock.

        Raises:
            QueueFullError: too many wait already, or another customer needs the place more.
            DeadlineError: there was no turn in time.
        """
        if self.queued >= self._most_waiting:
            self._make_room(customer)
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(customer, deque()).append(turn)
        self.queued += 1
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.release(customer)  # it came just as we left
            else:
                self._leave(customer, turn)
            if isinstance(error, TimeoutError):
                raise DeadlineError("in the queue") from error
            raise

    def release(self, customer: int) -> None:
        """Give a slot to whoever may have it and had one the longest ago, or back."""
        self.in_flight -= 1
        held = self._held[customer] - 1
        if held:
            self._held[customer] = held
        else:
            del self._held[customer]
        if self._waiting:
            self._hand_on()

    def _may_take(self, customer: int) -> bool:
        """Whether there is a slot for this customer."""
        free = self._slots - self.in_flight
        if self._only_customer == customer:
            return free > 0
        held = self._held.get(customer, 0)
        return held < free * _TIMES_WHAT_IS_FREE if free > 1 else free == 1 and not held

    def _hand_on(self) -> None:
        while (customer := next(filter(self._may_take, self._waiting), None)) is not None:
            turn = self._waiting[customer].popleft()
            self._waiting.move_to_end(customer)
            self._left(customer)
            if not turn.done():
                self.in_flight += 1
                self._held[customer] = self._held.get(customer, 0) + 1
                turn.set_result(None)

    def _make_room(self, customer: int) -> None:
        """Send away the latest call of whoever has the most, if that is not this customer."""
        self.shed += 1
        greediest = max(self._waiting, key=self._share)
        if self._share(greediest) <= self._share(customer) + 1:
            raise QueueFullError
        turn = self._waiting[greediest].pop()
        self._left(greediest)
        if not turn.done():
            turn.set_exception(QueueFullError())

    def _share(self, customer: int) -> int:
        """How many calls of a customer are under way or wait."""
        return self._held.get(customer, 0) + len(self._waiting.get(customer, ()))

    def _leave(self, customer: int, turn: asyncio.Future[None]) -> None:
        turns = self._waiting.get(customer, ())
        if turn in turns:
            self._waiting[customer].remove(turn)
            self._left(customer)

    def _left(self, customer: int) -> None:
        """Count one less that waits."""
        self.queued -= 1
        if not self._waiting[customer]:
            del self._waiting[customer]
