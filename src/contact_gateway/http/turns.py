"""The order of work under load: what has begun is finished before much more is begun."""

import asyncio
from collections import deque
from collections.abc import Callable, Sized
from typing import Final

__all__ = ["Turns"]

_AT_ONCE: Final = 32
_FEW: Final = 8


class Turns:
    """Lets requests begin in the order of their arrival, and never many at the same moment.

    They begin in groups, of which the next begins when few are under way: what one does is then in
    the CPU's caches for all of them. Between groups one begins in each turn of the event loop, so
    that nobody waits for an upstream that is slow. Without turns, hundreds of requests that come
    together would all begin before the first answer of the upstream is looked at: they would need
    a connection each, and most be refused because too many wait, although only the gateway is
    busy. `make bench` shows the difference at 256 connections.
    """

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], object]] = deque()
        self._under_way: Sized = ()

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
        under_way = len(self._under_way)
        begin = _AT_ONCE - under_way if under_way <= _FEW else 1
        try:
            for _ in range(min(begin, len(self._waiting))):
                self._waiting.popleft()()
        finally:
            if self._waiting:
                asyncio.get_running_loop().call_soon(self._next)
