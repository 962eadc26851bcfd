"""What a connection sends: the head of each response together with the first of its body."""

import asyncio
from collections.abc import Sized
from typing import Any

from contact_gateway.event_loop.writes import Writes

__all__ = ["Outgoing"]


class Outgoing(asyncio.Transport):
    """The transport that uvicorn sees: it holds heads back until there is more to send.

    uvicorn writes the head and the body one after the other, and each write is a system call and
    a packet: together they are a tenth of the CPU of a mutation. `under_way` are the requests that
    `writes` asks for.
    """

    __slots__ = ("_head", "_head_follows", "_transport", "_under_way", "_unsent", "_writes")

    def __init__(self, transport: asyncio.Transport, writes: Writes, under_way: Sized) -> None:
        self._transport = transport
        self._writes = writes
        self._under_way = under_way
        self._head_follows = False
        self._head = b""
        self._unsent = b""

    def begin_response(self) -> None:
        """Take what is written next for the head of a response, to be held back."""
        self._head_follows = True

    def write(self, data: bytes) -> None:  # type: ignore[override]
        """Send `data` with the head that is held back; if it is the head, hold it back."""
        # a client waits for 100, with the body of its request
        if self._head_follows and not data.startswith(b"HTTP/1.1 100 "):
            self._head_follows = False
            self._head = data
            return
        if self._head:
            data, self._head = self._head + data, b""
        if self._unsent:
            self._unsent += data
            return
        self._unsent = data
        self._writes.add(self.send, len(self._under_way))

    def flush(self) -> None:
        """Send the head, because nothing follows it."""
        if self._head:
            self.write(b"")

    def send(self) -> None:
        """Send at once what was written, a head that is held back apart."""
        data, self._unsent = self._unsent, b""
        if data and not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        """Close the connection after what was written."""
        self.flush()
        self.send()
        self._transport.close()

    def abort(self) -> None:
        """Close the connection at once."""
        self._transport.abort()

    def is_closing(self) -> bool:
        """Whether the connection is closed, or closes."""
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        """Receive nothing for a while."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Receive again."""
        self._transport.resume_reading()

    def get_write_buffer_size(self) -> int:
        """How many bytes the client has yet to read, of those that were sent."""
        return self._transport.get_write_buffer_size()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What is known of the connection, such as its addresses."""
        return self._transport.get_extra_info(name, default)
