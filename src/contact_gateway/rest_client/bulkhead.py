"""A bulkhead: so many calls at a time, so many waiting, and no more."""

import asyncio
import time
from collections import deque

from contact_gateway.rest_client.problems import DeadlineError, QueueFullError

__all__ = ["Bulkhead"]


class Bulkhead:
    """Slots for calls, given in the order in which they were asked for.

    A quarter as many calls as there are slots may wait: none of them for much longer than a
    quarter of a call. `in_flight`, `queued` and `shed` are for display.
    """

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._most_waiting = max(1, slots // 4)
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.in_flight = 0
        self.shed = 0

    @property
    def queued(self) -> int:
        """How many calls wait for a slot."""
        return len(self._waiting)

    def take(self) -> bool:
        """Take a slot if one is free; nobody waits then, because a freed slot is handed on."""
        if self.in_flight >= self._slots:
            return False
        self.in_flight += 1
        return True

    async def wait(self, deadline: float) -> None:
        """Take a slot as soon as it is one's turn; `deadline` is on `time.monotonic`'s clock.

        Raises:
            QueueFullError: too many wait already.
            DeadlineError: there was no turn in time.
        """
        if len(self._waiting) >= self._most_waiting:
            self.shed += 1
            raise QueueFullError
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self.release()  # it came just as we left
            elif turn in self._waiting:
                self._waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise DeadlineError("in the queue") from error
            raise

    def release(self) -> None:
        """Give a slot to whoever waits longest, or back."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self.in_flight -= 1
