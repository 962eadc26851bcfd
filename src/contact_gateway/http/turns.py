"""The order of work under load: what has begun is finished before much more is begun."""

import asyncio
from collections import deque
from collections.abc import Callable, Sized
from typing import Final

__all__ = ["Turns"]

_TICK_SECONDS: Final = 0.002


class Turns:
    """Lets requests begin in the order of their arrival, and as many as `at_once` be under way.

    When some have ended in a turn of the event loop, as many of those that wait begin together:
    what one of them does is then in the CPU's caches for all, and what they send goes out together.
    Where none end, because the upstream is slow, one more begins every two milliseconds. Without
    turns, hundreds of requests that come together would all begin before the first answer of the
    upstream is looked at: they would need a connection each, and most be refused because too many
    wait, although only the gateway is busy.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._waiting: deque[Callable[[], object]] = deque()
        self._under_way: Sized = ()
        self._about_to_go_on = False
        self._tick: asyncio.TimerHandle | None = None

    def take(self, under_way: Sized, begin: Callable[[], object]) -> None:
        """Call `begin`, which may add to what is `under_way`, now or in a later turn."""
        if not self._waiting and len(under_way) < self._at_once:
            begin()
            return
        self._under_way = under_way
        self._waiting.append(begin)
        self._wait()

    def ended(self) -> None:
        """Go on with those that wait: one that was under way is answered."""
        if self._waiting and not self._about_to_go_on:
            self._about_to_go_on = True
            # in the turn after the next: only then it is no longer among those under way
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, self._go_on)

    def _go_on(self) -> None:
        self._about_to_go_on = False
        self._begin(self._room())

    def _pass(self) -> None:
        self._tick = None
        self._begin(max(1, self._room()))

    def _room(self) -> int:
        return max(0, self._at_once - len(self._under_way))

    def _begin(self, most: int) -> None:
        try:
            for _ in range(min(most, len(self._waiting))):
                self._waiting.popleft()()
        finally:
            self._wait()

    def _wait(self) -> None:
        if self._waiting and self._tick is None:
            loop = asyncio.get_running_loop()
            self._tick = loop.call_later(_TICK_SECONDS, self._pass)
