"""HTTP/1.1 to the upstream: an httpx transport with connections of its own.

httpx's own pool dies of cancelled calls and hands surplus bytes of one response to the next caller
(measured with httpx 0.28.1 over httpcore 1.0.9); aiohttp's takes an unasked response for the
answer to the next request (aio-libs/aiohttp issue 13656), and took a third of a mutation's CPU. It
also tells apart what the caller of a write must know: never sent, sent but not answered, answered.
"""

import asyncio
import time
from typing import cast

import httpx

from contact_gateway.rest_client.call import INCOMPLETE, TARGET, Terms
from contact_gateway.rest_client.http11.dialling import Dialling
from contact_gateway.rest_client.http11.exchange import Connection, ExchangeError, Received
from contact_gateway.rest_client.http11.pool import AGE_SECONDS, IDLE_SECONDS, Connections, Key

__all__ = ["HTTP11Transport"]


class HTTP11Transport(httpx.AsyncBaseTransport):
    """Sends one request and reads one answer, at most 1 MiB of it.

    It ends before the deadline of the request's `Terms`. An answer whose body did not come through
    has no content and says why in `extensions[INCOMPLETE]`; its status counts all the same. A
    connection serves requests of one customer; idle ones are closed before there are more than
    `most_connections`, after `keepalive` seconds, or sooner where the upstream says so. None is
    used again that is as old as `age` in seconds.
    """

    def __init__(
        self,
        most_connections: int = 8,
        *,
        keepalive: float = IDLE_SECONDS,
        age: float = AGE_SECONDS,
        dial: Dialling | None = None,
    ) -> None:
        self._connections = Connections(most_connections, keepalive, dial=dial, age_seconds=age)

    @property
    def unasked(self) -> int:
        """How often an upstream was caught sending what nobody had asked for."""
        return self._connections.unasked.times

    def can_carry(self, url: httpx.URL, customer: int) -> bool:
        """Whether an idle connection could carry a call of `customer` to the host of `url`."""
        return self._connections.has((url.scheme, url.netloc, customer))

    async def aclose(self) -> None:
        """Close every connection."""
        self._connections.close()
        await asyncio.sleep(0)  # in which the event loop lets go of them

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`, whose content is already in memory, and read the whole answer.

        Raises:
            httpx.ConnectError: no connection in time; nothing was sent.
            httpx.UnsupportedProtocol: it cannot be sent, now or as it is; nothing was.
            httpx.RemoteProtocolError: something was sent, and no status line and headers came back.
        """
        if self._connections.closed:
            raise httpx.UnsupportedProtocol("the connection pool is closed")
        terms = Terms.of(request)
        message = _message(request)
        url = request.url
        key = url.scheme, url.netloc, terms.customer
        connection = self._connections.take(key)
        kept = connection is not None
        while True:
            if connection is None:
                connection = await self._open(key, url, terms.deadline)
            try:
                received = await connection.exchange(message, terms.deadline)
            except ExchangeError as error:
                if error.sent:
                    raise httpx.RemoteProtocolError(str(error)) from error
                if not kept:
                    raise httpx.ConnectError(str(error)) from error
            else:
                return _response(received)
            finally:
                self._connections.give_back(key, connection)
            # it ended before anything was sent: another serves, if there is time left
            in_time = time.monotonic() < terms.deadline
            connection = self._connections.take(key) if in_time else None
            kept = connection is not None

    async def _open(self, key: Key, url: httpx.URL, deadline: float) -> Connection:
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                return await self._connections.another(key, url)
        except (OSError, RuntimeError, ValueError) as error:  # all that connecting may raise
            raise httpx.ConnectError(type(error).__name__) from error


def _message(request: httpx.Request) -> bytes:
    """A request as it is sent.

    Raises:
        httpx.UnsupportedProtocol: a header would end its line, and be followed by one that nobody
            has set.
    """
    # httpx's `ByteStream`, which all of ours are, is of both kinds
    content = b"".join(cast("httpx.SyncByteStream", request.stream))
    target = request.extensions.get(TARGET) or request.url.raw_path
    lines = [b"%s %s HTTP/1.1" % (request.method.encode("ascii"), target)]
    lines += map(b": ".join, request.headers.raw)
    head = b"\r\n".join(lines)
    if len(head) - len(head.translate(None, b"\r\n\0")) != len(b"\r\n") * (len(lines) - 1):
        raise httpx.UnsupportedProtocol("a header that cannot be sent")
    return b"%s\r\n\r\n%s" % (head, content)


def _response(received: Received) -> httpx.Response:
    incomplete = received.incomplete
    return httpx.Response(
        received.status,
        headers=received.headers,  # as bytes, because httpx encodes text as ASCII only
        # a stream, because httpx reads content at once, and nobody reads that of a success
        stream=httpx.ByteStream(b"" if incomplete else bytes(received.content)),
        extensions={INCOMPLETE: incomplete} if incomplete else {},
    )
