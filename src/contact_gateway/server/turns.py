"""The order of work under load: what has begun is finished before much more is begun."""

import asyncio
from collections import deque
from collections.abc import Callable, Sized
from typing import Final

__all__ = ["Turns"]

_IDLE_TURNS: Final = 16
_TICK_SECONDS: Final = 0.002
_PASSED: Final = 4


class Turns:
    """Lets requests begin in the order of their arrival, and as many as `at_once` be under way.

    Those that wait begin in groups, as soon as there is room for most of that: what one of them
    does is then in the CPU's caches for all, and what they send goes out together. When none has
    ended for some turns of the event loop, the gateway is not busy, but the upstream slow, or a
    client that sends its body: then as many begin as there is room for, and four where there is
    none, again every two milliseconds, so that nobody waits for others. Without turns, hundreds of
    requests that come together would all begin before the first answer of the upstream is looked
    at: they would need a connection each, and most be refused because too many wait, although only
    the gateway is busy. `make bench` shows the difference at 256 connections.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = max(1, at_once)
        self._group = max(1, self._at_once * 5 // 6)
        self._waiting: deque[Callable[[], object]] = deque()
        self._under_way: Sized = ()
        self._turns_since_end = 0
        self._scheduled: asyncio.Handle | None = None

    def take(self, under_way: Sized, begin: Callable[[], object]) -> None:
        """Call `begin`, which may add to what is `under_way`, now or in a later turn.

        It returns False where nobody waits for its request any longer.
        """
        if not self._waiting and len(under_way) < self._at_once:
            begin()
            return
        self._under_way = under_way
        self._waiting.append(begin)
        if self._scheduled is None:
            self._schedule()

    def ended(self) -> None:
        """Look again in the next turns: one that was under way is answered."""
        asleep = self._idle
        self._turns_since_end = 0
        if asleep and self._scheduled is not None:
            self._scheduled.cancel()
            self._schedule()

    @property
    def _idle(self) -> bool:
        return self._turns_since_end > _IDLE_TURNS

    def _schedule(self) -> None:
        loop = asyncio.get_running_loop()
        self._scheduled = (
            loop.call_later(_TICK_SECONDS, self._next) if self._idle else loop.call_soon(self._next)
        )

    def _next(self) -> None:
        self._scheduled = None
        self._turns_since_end += 1
        left = self._how_many()
        try:
            while left and self._waiting:
                left -= self._waiting.popleft()() is not False
        finally:
            if self._waiting:
                self._schedule()

    def _how_many(self) -> int:
        """How many may begin in this turn."""
        room = self._at_once - len(self._under_way)
        if self._idle:
            return max(_PASSED, room)
        return room if room >= self._group else 0
