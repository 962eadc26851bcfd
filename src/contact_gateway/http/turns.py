"""The order of work under load: what has begun is finished before much more is begun."""

import asyncio
from collections import deque
from collections.abc import Callable, Sized
from typing import Final

__all__ = ["Turns"]

_AT_ONCE: Final = 48
_GROUP: Final = 40
_PASSED: Final = 16


class Turns:
    """Lets requests begin in the order of their arrival, and as many as 48 be under way.

    Those that wait begin in groups, as soon as there is room for 40: what one of them does is then
    in the CPU's caches for all, and what they send goes out together. One more begins in every
    sixteenth turn of the event loop, and turns are short where an upstream is slow: nobody waits
    for that. Without turns, hundreds of requests that come together would all begin before the
    first answer of the upstream is looked at: they would need a connection each, and most be
    refused because too many wait, although only the gateway is busy. `make bench` shows the
    difference at 256 connections.
    """

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], object]] = deque()
        self._under_way: Sized = ()
        self._passed = 0

    def take(self, under_way: Sized, begin: Callable[[], object]) -> None:
        """Call `begin`, which may add to what is `under_way`, now or in a later turn."""
        if not self._waiting and len(under_way) < _AT_ONCE:
            begin()
            return
        self._under_way = under_way
        self._waiting.append(begin)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        try:
            for _ in range(min(self._room(), len(self._waiting))):
                self._waiting.popleft()()
        finally:
            if self._waiting:
                asyncio.get_running_loop().call_soon(self._next)

    def _room(self) -> int:
        """How many requests may begin in this turn."""
        room = _AT_ONCE - len(self._under_way)
        if room >= _GROUP:
            return room
        self._passed = (self._passed + 1) % _PASSED
        return 0 if self._passed else 1
