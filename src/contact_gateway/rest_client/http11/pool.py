"""The pool of connections to the upstream: opened when they are needed, kept for a while."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Final

import httpx

from contact_gateway.event_loop.writes import Writes
from contact_gateway.rest_client.http11.dialling import Dialling
from contact_gateway.rest_client.http11.exchange import Connection
from contact_gateway.rest_client.http11.idle import Idle, Key
from contact_gateway.rest_client.http11.unasked import Origin, Unasked

__all__ = ["AGE_SECONDS", "IDLE_SECONDS", "Connections", "Key"]

IDLE_SECONDS: Final = 4.0  # below the 5 that uvicorn, Node and Apache keep theirs
AGE_SECONDS: Final = 60.0
_LEAST_REST_SECONDS: Final = 0.006  # where no more may be opened: less would not do
_LONG_SECONDS: Final = 0.004  # to wait for that
_LOOK_AGAIN_SECONDS: Final = 0.1  # whether one is given back while another is opened


class Connections:
    """Lends connections, each to one call at a time; the one idle longest is lent first.

    What a confused upstream sends too late can answer nobody but the customer that it was meant
    for, because no connection ever serves two; nor that one, because each connection rests before
    it is used again (`idle.py` says how). Where none has rested, another is opened; where no more
    may be, a call waits for one to rest, for some milliseconds, or a new one takes the place of
    an idle one where that is much quicker. An upstream that is found out gets
    one request on a connection for a while (`unasked` says which, and counts).

    How many are in use is the bulkhead's business; before there are more than `most`, one that is
    idle makes room, the one that has been so longest. One that nobody has used for `idle_seconds`,
    or for less where the upstream says so, is never taken, and closed before twice that is over;
    nor is one that was dialled `age_seconds` ago, whose address may have moved since.
    """

    def __init__(
        self,
        most: int,
        idle_seconds: float = IDLE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        dial: Dialling | None = None,
        age_seconds: float = AGE_SECONDS,
    ) -> None:
        self._most = most
        self._idle_seconds = idle_seconds
        self._age_seconds = age_seconds
        self._clock = clock
        self._idle = Idle(most, idle_seconds)
        self._lent = 0
        self._spare: dict[asyncio.Task[Connection], Key] = {}
        self._writes = Writes()
        self._dial = dial or Dialling()
        self._sweeper: asyncio.TimerHandle | None = None
        self.unasked = Unasked(clock)
        self.closed = False

    def take(self, key: Key) -> Connection | None:
        """An idle connection that may be used, if there is one; it must be given back."""
        now = self._clock()
        connection = self._idle.take(key, now)
        if connection is None and self._full:
            self._idle.watch_none()
            connection = self._idle.take(key, now, _LEAST_REST_SECONDS)
        if connection is not None:
            self._lent += 1
        return connection

    def has(self, key: Key) -> bool:
        """Whether a call could be carried, now or in some milliseconds, without a new one."""
        return self._idle.has(key, self._clock())

    async def another(self, key: Key, url: httpx.URL) -> Connection:
        """A connection where there is none to take: a new one, or one that has rested meanwhile.

        What it returns must be given back.

        Raises:
            OSError: as `open` does.
        """
        if self._full and (connection := await self._rested_soon(key, url)):
            return connection
        if self._full or self._idle.ready_at(key) is None:
            return await self.open(url)
        opening = self._begin_to_open(url)
        try:
            connection = await self._rested_before(opening, key)
        except BaseException:
            opening.add_done_callback(self._discard)
            raise
        if connection is None:
            return opening.result()
        if opening.done():
            self._discard(opening)
        else:
            # a handshake over a long way takes longer than a rest; what it leads to serves later
            self._spare[opening] = key
            opening.add_done_callback(self._keep)
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
        if self.closed or (self.unasked.suspected and self.unasked.suspects(key[:2])):
            connection.abort()
        elif connection.usable:
            self._idle.add(key, connection, self._clock(), self._most - self._lent)
            if self._sweeper is None:
                self._sweep_later()

    async def _rested_soon(self, key: Key, url: httpx.URL) -> Connection | None:
        """The one that has been idle longest, once it has rested, if that is worth to wait for."""
        least = self._idle.take_least_rested(key)
        if least is None:
            return None
        since, connection = least
        left = since + _LEAST_REST_SECONDS - self._clock()
        self._lent += 1
        try:
            # to connect takes less than that, but for TLS; calls may queue for few connections
            if left < _LONG_SECONDS or url.scheme == "https":
                await asyncio.sleep(left)
                now = self._clock()
                if connection.usable and connection.silent and now < connection.rests_until:
                    return connection
        except BaseException:
            connection.abort()
            self._lent -= 1
            raise
        connection.abort()
        self._lent -= 1
        return None

    async def _rested_before(
        self, opening: asyncio.Task[Connection], key: Key
    ) -> Connection | None:
        """One that has rested before another is open, or because none can be, if one has.

        Raises:
            OSError: the other cannot be opened.
        """
        while True:
            now, ready_at = self._clock(), self._idle.ready_at(key)
            wait = _LOOK_AGAIN_SECONDS if ready_at is None else ready_at - now
            if not opening.done():
                await asyncio.wait((opening,), timeout=wait)
            elif ready_at is not None and opening.exception() is not None:
                await asyncio.sleep(wait)
            else:
                opening.result()
                return None
            if not opening.done() or opening.exception() is not None:
                connection = self.take(key)
                if connection is not None:
                    return connection

    @property
    def _full(self) -> bool:
        """Whether one more would be too many."""
        return self._lent + len(self._idle) >= self._most

    def _begin_to_open(self, url: httpx.URL) -> asyncio.Task[Connection]:
        """Open a connection, or go on with one that another call could do without.

        It counts as lent from now on, and whoever waits for it must not cancel it.
        Cancelled half-way, uvloop and the socket object would both close the socket, and the second
        time it may be another connection's: so it is finished, whoever still waits.
        """
        for opening, key in self._spare.items():
            if key[:2] == (url.scheme, url.netloc):
                del self._spare[opening]
                return opening
        if self._full:
            self._idle.drop_oldest()
        self._lent += 1
        return asyncio.get_running_loop().create_task(self._open(url))

    async def _open(self, url: httpx.URL) -> Connection:
        caught = partial(self._caught, (url.scheme, url.netloc))
        retires_at = self._clock() + self._age_seconds  # the address is as old as the question
        return await self._dial(url, lambda: Connection(self._when_to_send, caught, retires_at))

    def _caught(self, origin: Origin) -> None:
        """Keep nothing that leads to an upstream which answers when nobody has asked."""
        self.unasked.caught(origin)
        self._idle.drop(origin)

    def _when_to_send(self, send: Callable[[], None]) -> None:
        self._writes.add(send, self._lent)

    def _discard(self, opened: asyncio.Task[Connection]) -> None:
        """Close a connection that nobody waits for any longer, if it could be opened."""
        self._lent -= 1
        if not opened.cancelled() and opened.exception() is None:
            opened.result().abort()

    def _keep(self, opened: asyncio.Task[Connection]) -> None:
        """Keep a connection that nobody has come to wait for, if it could be opened."""
        key = self._spare.pop(opened, None)
        if key is None:
            return
        if opened.cancelled() or opened.exception() is not None:
            self._lent -= 1
        else:
            self.give_back(key, opened.result())

    def close(self) -> None:
        """Close the idle connections, and those in use when they are given back."""
        self.closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        self._idle.drop()

    def _sweep(self) -> None:
        self._idle.drop_old(self._clock())
        self._sweeper = None
        if len(self._idle):
            self._sweep_later()

    def _sweep_later(self) -> None:
        self._sweeper = asyncio.get_running_loop().call_later(self._idle_seconds, self._sweep)
