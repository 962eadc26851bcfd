"""Clients that do not read what they have asked for."""

import asyncio

__all__ = ["Unread"]


class Unread:
    """What waits to be sent to one client: cut off when none of it is read for `seconds`.

    A client that is slow but reads on may take as long as it likes.
    """

    def __init__(self, transport: asyncio.Transport, seconds: float) -> None:
        self._transport = transport
        self._seconds = seconds
        self._look_later()

    def read(self) -> None:
        """Stop watching: it has been read, or there is nobody left to read it."""
        self._timer.cancel()

    def _look_later(self) -> None:
        self._size = self._transport.get_write_buffer_size()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._look)

    def _look(self) -> None:
        if self._transport.get_write_buffer_size() < self._size:
            self._look_later()
        else:
            self._transport.abort()
