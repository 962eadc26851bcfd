"""The pool of connections to the upstream: opened when they are needed, kept for a while."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final

import httpx

from contact_gateway.event_loop.writes import Writes
from contact_gateway.rest_client.http11.dialling import Dialling
from contact_gateway.rest_client.http11.exchange import Connection
from contact_gateway.rest_client.http11.unasked import Origin, Unasked

__all__ = ["Connections", "Key"]

_IDLE_SECONDS: Final = 15.0  # after which one is closed; servers give up theirs later
_REST_SECONDS: Final = 0.010
_LEAST: Final = 0.6  # of that, where no other connection may be opened

Key = tuple[str, bytes, int | None]
"""Scheme, host with port as in the Host header, and the customer whose data is asked for."""


class Connections:
    """Idle connections by origin and customer; the one that has been idle longest is taken first.

    What a confused upstream sends too late can answer nobody but the customer that it was meant
    for, because no connection ever serves two. Nor that one, where it comes within `rest_seconds`:
    for so long no connection is used again. Where no other can be opened it is for a little less,
    and whoever is served next waits for that, which is never long. An upstream that is found out
    gets one request on a connection for a while (`unasked` says which, and counts).

    How many are in use is the bulkhead's business; before there are more than `most`, one that is
    idle makes room, the one that has been so longest. One that nobody has used for `idle_seconds`
    is never taken, and closed before twice that is over.
    """

    def __init__(
        self,
        most: int,
        idle_seconds: float = _IDLE_SECONDS,
        rest_seconds: float = _REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most
        self._idle_seconds = idle_seconds
        self._rest_seconds = rest_seconds
        self._least_rest = rest_seconds * _LEAST
        self._clock = clock
        self._idle: dict[Key, deque[tuple[float, Connection]]] = {}
        self._lent = 0
        self._writes = Writes()
        self._dial = Dialling()
        self._sweeper: asyncio.TimerHandle | None = None
        self.unasked = Unasked(clock)
        self.closed = False

    def take(self, key: Key) -> Connection | None:
        """An open connection that has rested, if there is one; it must be given back."""
        idle = self._idle.get(key)
        if not idle:
            return None
        now = self._clock()
        too_old, rested = now - self._idle_seconds, now - self._rest_seconds
        taken, unread = None, []
        while idle and taken is None:
            since, connection = each = idle[0]
            if since > rested and (since > now - self._least_rest or not self._full):
                break
            idle.popleft()
            if not connection.usable or since <= too_old:
                connection.abort()
            elif not connection.silent:
                unread.append(each)  # in the next turn, the event loop looks at what has come in
            else:
                taken = connection
                self._lent += 1
        idle.extendleft(reversed(unread))
        if not idle:
            del self._idle[key]
        return taken

    async def another(self, key: Key, url: httpx.URL) -> Connection:
        """A connection where there is none to take: a new one, or one that has rested meanwhile.

        What it returns must be given back. Where no more may be opened, it waits for one to rest.

        Raises:
            OSError: as `open` does.
        """
        idle = self._idle.get(key)
        if not idle:
            return await self.open(url)
        if self._full:
            return await self._least_rested(key) or await self.open(url)
        opening = self._begin_to_open(url)
        try:
            await asyncio.wait((opening,), timeout=idle[0][0] + self._rest_seconds - self._clock())
            connection = None if opening.done() else self.take(key)
            if connection is None:
                return await asyncio.shield(opening)
        except BaseException:
            opening.add_done_callback(self._discard)
            raise
        # a handshake over a long way takes longer than a rest; what it leads to serves later
        opening.add_done_callback(partial(self._keep, key))
        return connection

    async def open(self, url: httpx.URL) -> Connection:
        """Connect to the host of `url`, over whichever of its addresses answers first.

        What it returns must be given back.

        Raises:
            OSError: there is no such host, nobody listens, or TLS cannot be agreed on.
        """
        opening = self._begin_to_open(url)
        try:
            return await asyncio.shield(opening)
        except BaseException:
            opening.add_done_callback(self._discard)
            raise

    def give_back(self, key: Key, connection: Connection) -> None:
        """Keep a connection for the customer's next call, if it may carry one."""
        self._lent -= 1
        if self.closed or self.unasked.suspects(key[:2]):
            connection.abort()
        elif connection.usable:
            idle = self._idle.get(key)
            if idle is None:
                idle = self._idle[key] = deque()
            idle.append((self._clock(), connection))
            if self._sweeper is None:
                self._sweep_later()

    async def _least_rested(self, key: Key) -> Connection | None:
        """The customer's connection that has been idle longest, as soon as that is long enough."""
        idle = self._idle[key]
        since, connection = idle.popleft()
        if not idle:
            del self._idle[key]
        self._lent += 1
        try:
            await asyncio.sleep(since + self._least_rest - self._clock())
            if connection.usable and connection.silent:
                return connection
        except BaseException:
            self._lent -= 1
            connection.abort()
            raise
        self._lent -= 1
        connection.abort()
        return None

    @property
    def _full(self) -> bool:
        """Whether one more would be too many."""
        return self._lent + sum(map(len, self._idle.values())) >= self._most

    def _make_room(self) -> None:
        """Close what has been idle longest, if one more than there are would be too many."""
        if self._idle and self._full:
            key = min(self._idle, key=self._idle_since)
            _, connection = self._idle[key].popleft()
            connection.abort()
            if not self._idle[key]:
                del self._idle[key]

    def _idle_since(self, key: Key) -> float:
        return self._idle[key][0][0]

    def _begin_to_open(self, url: httpx.URL) -> asyncio.Task[Connection]:
        """Open a connection, which counts as lent; whoever waits for it must not cancel it.

        Cancelled half-way, uvloop and the socket object would both close the socket, and the second
        time it may be another connection's: so it is finished, whoever still waits.
        """
        self._make_room()
        self._lent += 1
        return asyncio.get_running_loop().create_task(self._open(url))

    async def _open(self, url: httpx.URL) -> Connection:
        caught = partial(self._caught, (url.scheme, url.netloc))
        return await self._dial(url, lambda: Connection(self._when_to_send, caught))

    def _caught(self, origin: Origin) -> None:
        """Keep nothing that leads to an upstream which answers when nobody has asked."""
        self.unasked.caught(origin)
        for key in [key for key in self._idle if key[:2] == origin]:
            for _, connection in self._idle.pop(key):
                connection.abort()

    def _when_to_send(self, send: Callable[[], None]) -> None:
        self._writes.add(send, self._lent)

    def _discard(self, opened: asyncio.Task[Connection]) -> None:
        """Close a connection that nobody waits for any longer, if it could be opened."""
        self._lent -= 1
        if not opened.cancelled() and opened.exception() is None:
            opened.result().abort()

    def _keep(self, key: Key, opened: asyncio.Task[Connection]) -> None:
        """Keep a connection that nobody has waited for, if it could be opened."""
        if opened.cancelled() or opened.exception() is not None:
            self._lent -= 1
        else:
            self.give_back(key, opened.result())

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
        too_old = self._clock() - self._idle_seconds
        for key, idle in list(self._idle.items()):
            for since, connection in idle:
                if since <= too_old:
                    connection.abort()
            kept = deque(each for each in idle if each[1].usable)
            if kept:
                self._idle[key] = kept
            else:
                del self._idle[key]
        self._sweeper = None
        if self._idle:
            self._sweep_later()

    def _sweep_later(self) -> None:
        self._sweeper = asyncio.get_running_loop().call_later(self._idle_seconds, self._sweep)
