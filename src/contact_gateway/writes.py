"""Writes to sockets, those of one turn of the event loop together."""

import asyncio
from typing import Final

__all__ = ["Writes"]

_FEW: Final = 2


class Writes:
    """What is sent while much is under way: at the end of a turn, one right after the other.

    Netty calls it flush consolidation. To wake a reader that sleeps takes longer than the write
    itself, and of writes with work between them each finds a reader that has fallen asleep again.
    While few requests are under way each write goes out at once: its reader can begin while the
    gateway finishes the rest.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[asyncio.Transport, bytes]] = []

    def write(self, transport: asyncio.Transport, data: bytes, under_way: int) -> None:
        """Send `data`, in the order of the calls; `under_way` is the number of requests."""
        if under_way <= _FEW and not self._waiting:
            transport.write(data)
            return
        self._waiting.append((transport, data))
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_soon(self.flush)

    def flush(self) -> None:
        """Send what waits, but to connections that have been closed."""
        waiting, self._waiting = self._waiting, []
        for transport, data in waiting:
            if not transport.is_closing():
                transport.write(data)
