"""The pool of connections to the upstream: opened when they are needed, kept for a while."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import httpx

from contact_gateway.event_loop.writes import Writes
from contact_gateway.rest_client.http11.dialling import Dialling
from contact_gateway.rest_client.http11.exchange import Connection

__all__ = ["Connections", "Key"]

_IDLE_SECONDS: Final = 15.0  # after which one is closed; servers give up theirs later

Key = tuple[str, bytes, int | None]
"""Scheme, host with port as in the Host header, and the customer whose data is asked for."""


class Connections:
    """Idle connections by origin and customer; the one used last is taken first.

    What a confused upstream sends too late can answer nobody but the customer that it was meant
    for, because no connection ever serves two. How many are in use is the bulkhead's business;
    before there are more than `most`, one that is idle makes room, the one that has been so
    longest. One that nobody has used for `idle_seconds` is never taken, and closed before twice
    that is over.
    """

    def __init__(self, most: int, idle_seconds: float = _IDLE_SECONDS) -> None:
        self._most = most
        self._idle_seconds = idle_seconds
        self._idle: dict[Key, list[tuple[float, Connection]]] = {}
        self._lent = 0
        self._writes = Writes()
        self._dial = Dialling()
        self._sweeper: asyncio.TimerHandle | None = None
        self.closed = False

    def take(self, key: Key) -> Connection | None:
        """An idle connection that is still open, if there is one; it must be given back."""
        idle = self._idle.get(key)
        if not idle:
            return None
        too_old = time.monotonic() - self._idle_seconds
        while idle:
            since, connection = idle.pop()
            if not idle:
                del self._idle[key]
            if connection.usable and connection.silent and since > too_old:
                self._lent += 1
                return connection
            connection.abort()
        return None

    async def open(self, url: httpx.URL) -> Connection:
        """Connect to the host of `url`, over whichever of its addresses answers first.

        What it returns must be given back.

        Raises:
            OSError: there is no such host, nobody listens, or TLS cannot be agreed on.
        """
        self._lent += 1
        self._make_room()
        # Cancelled half-way, uvloop and the socket object would both close the socket, and the
        # second time it may be another connection's: so it is finished, whoever still waits.
        opening = asyncio.get_running_loop().create_task(self._open(url))
        try:
            return await asyncio.shield(opening)
        except BaseException:
            opening.add_done_callback(self._discard)
            raise

    def give_back(self, key: Key, connection: Connection) -> None:
        """Keep a connection for the customer's next call, if it may carry one."""
        self._lent -= 1
        if self.closed:
            connection.abort()
        elif connection.usable:
            self._idle.setdefault(key, []).append((time.monotonic(), connection))
            if self._sweeper is None:
                self._sweep_later()

    def _make_room(self) -> None:
        """Close what has been idle longest, if one more than there are would be too many."""
        if self._idle and self._lent + sum(map(len, self._idle.values())) > self._most:
            key = min(self._idle, key=self._idle_since)
            _, connection = self._idle[key].pop(0)
            connection.abort()
            if not self._idle[key]:
                del self._idle[key]

    def _idle_since(self, key: Key) -> float:
        return self._idle[key][0][0]

    async def _open(self, url: httpx.URL) -> Connection:
        return await self._dial(url, lambda: Connection(self._when_to_send))

    def _when_to_send(self, send: Callable[[], None]) -> None:
        self._writes.add(send, self._lent)

    def _discard(self, opened: asyncio.Task[Connection]) -> None:
        """Close a connection that nobody waits for any longer, if it could be opened."""
        self._lent -= 1
        if not opened.cancelled() and opened.exception() is None:
            opened.result().abort()

    def close(self) -> None:
        """Close the idle connections, and those in use when they are given back."""
        self.closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        for idle in self._idle.values():
            for _, connection in idle:
                connection.abort()
        self._idle.clear()

    def _sweep(self) -> None:
        """Close what has been idle for long, and forget what is closed."""
        too_old = time.monotonic() - self._idle_seconds
        for key, idle in list(self._idle.items()):
            for since, connection in idle:
                if since <= too_old:
                    connection.abort()
            kept = [each for each in idle if each[1].usable]
            if kept:
                self._idle[key] = kept
            else:
                del self._idle[key]
        self._sweeper = None
        if self._idle:
            self._sweep_later()

    def _sweep_later(self) -> None:
        self._sweeper = asyncio.get_running_loop().call_later(self._idle_seconds, self._sweep)
