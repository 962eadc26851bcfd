"""Writes to sockets: under load, those of one turn of the event loop go out together."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

__all__ = ["Writes"]

_FEW: Final = 2


class Writes:
    """Sends what is written in one turn of the event loop after it, one right after the other.

    Netty calls it flush consolidation. To wake a reader that sleeps takes longer than the write
    itself, and of writes with work between them each finds a reader that has fallen asleep again.
    While few requests are under way each write goes out at once: its reader can begin while the
    gateway finishes the rest.
    """

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()

    def add(self, send: Callable[[], None], under_way: int) -> None:
        """Call `send`, now or after this turn; `under_way` is the number of requests."""
        if under_way <= _FEW:
            send()
            return
        self._waiting.append(send)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        try:
            for _ in range(len(self._waiting)):
                self._waiting.popleft()()
        finally:
            if self._waiting:
                asyncio.get_running_loop().call_soon(self._send)
