"""The pool of connections to the upstream: opened when they are needed, kept for a while."""

import asyncio
import socket
import ssl
from functools import cached_property
from typing import Final

import httpx
from aiohappyeyeballs import start_connection

from contact_gateway.upstream.connection import Connection

__all__ = ["Connections"]

_IDLE_SECONDS: Final = 15.0  # after which one is closed; servers give up theirs later
_BETWEEN_ADDRESSES: Final = 0.25  # seconds (RFC 8305 section 8)
_CONNECT_SECONDS: Final = 10.0  # and as many for TLS, where nobody waits for it any longer

Origin = tuple[str, bytes]
"""Scheme, and host with port as in the Host header."""


class Connections:
    """Idle connections by origin; the one used last is taken first.

    How many there are is not limited here but by how many calls the bulkhead lets through. One
    that nobody has used for `idle_seconds` is never taken, and closed before twice that is over.
    """

    def __init__(self, idle_seconds: float = _IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._idle: dict[Origin, list[tuple[float, Connection]]] = {}
        self._sweeper: asyncio.TimerHandle | None = None
        self.closed = False

    def take(self, origin: Origin) -> Connection | None:
        """An idle connection that is still open, if there is one."""
        too_old = asyncio.get_running_loop().time() - self._idle_seconds
        idle = self._idle.get(origin)
        while idle:
            since, connection = idle.pop()
            if connection.usable and since > too_old:
                return connection
            connection.abort()
        return None

    def give_back(self, origin: Origin, connection: Connection) -> None:
        """Keep a connection for the next call, if it may carry one."""
        if self.closed:
            connection.abort()
        elif connection.usable:
            loop = asyncio.get_running_loop()
            self._idle.setdefault(origin, []).append((loop.time(), connection))
            if self._sweeper is None:
                self._sweeper = loop.call_later(self._idle_seconds, self._sweep)

    async def open(self, url: httpx.URL) -> Connection:
        """Connect to the host of `url`, over whichever of its addresses answers first.

        Raises:
            OSError: there is no such host, nobody listens, or TLS cannot be agreed on.
        """
        # Cancelled half-way, uvloop and the socket object would both close the socket, and the
        # second time it may be another connection's: so it is finished, whoever still waits.
        opening = asyncio.get_running_loop().create_task(self._open(url))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_discard)
            raise

    async def _open(self, url: httpx.URL) -> Connection:
        secure = url.scheme == "https"
        host = url.raw_host.decode("ascii")
        loop = asyncio.get_running_loop()
        port = url.port or (443 if secure else 80)
        addresses = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        async with asyncio.timeout(_CONNECT_SECONDS):
            connected = await start_connection(
                addresses, happy_eyeballs_delay=_BETWEEN_ADDRESSES, interleave=1
            )
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _, connection = await loop.create_connection(
            Connection,
            sock=connected,
            ssl=self._tls if secure else None,
            server_hostname=host.rstrip(".") if secure else None,
            ssl_handshake_timeout=_CONNECT_SECONDS if secure else None,
        )
        return connection

    def close(self) -> None:
        """Close the idle connections, and those in use when they are given back."""
        self.closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        for idle in self._idle.values():
            for _, connection in idle:
                connection.abort()
        self._idle.clear()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.set_alpn_protocols(["http/1.1"])
        return context

    def _sweep(self) -> None:
        """Close what has been idle for long: the first of each list."""
        loop = asyncio.get_running_loop()
        too_old = loop.time() - self._idle_seconds
        for origin, idle in list(self._idle.items()):
            for since, connection in idle:
                if since <= too_old:
                    connection.abort()
            kept = [each for each in idle if each[1].usable]
            if kept:
                self._idle[origin] = kept
            else:
                del self._idle[origin]
        self._sweeper = loop.call_later(self._idle_seconds, self._sweep) if self._idle else None


def _discard(opened: asyncio.Task[Connection]) -> None:
    """Close a connection that nobody waits for any longer."""
    if not opened.cancelled() and opened.exception() is None:
        opened.result().abort()
