"""HTTP to the upstream: an httpx transport with connections of its own.

httpx's own pool dies of cancelled calls and hands surplus bytes of one response to the next caller
(measured with httpx 0.28.1 over httpcore 1.0.9); aiohttp's takes an unasked response for the
answer to the next request (aio-libs/aiohttp issue 13656), and took a third of a mutation's CPU. It
also tells apart what the caller of a write must know: never sent, sent but not answered, answered.
"""

import asyncio
import math
import time
from collections.abc import Iterable
from typing import Final, cast

import httpx

from contact_gateway.upstream.connection import Answer, Connection, ExchangeError, Incomplete
from contact_gateway.upstream.connections import Connections
from contact_gateway.upstream.problems import (
    ConnectError,
    DeadlineError,
    NotAnsweredError,
    NotSentError,
)

__all__ = ["Transport"]

# headers that only the transport can tell
_OWN: Final = frozenset(
    {b"host", b"content-length", b"transfer-encoding", b"connection", b"accept-encoding"}
)


class Transport(httpx.AsyncBaseTransport):
    """Sends one request and reads one answer, at most 1 MiB of it.

    It takes at most `attempt_timeout` seconds, and ends before `request.extensions["deadline"]`
    on `time.monotonic`'s clock. An answer whose body did not come through has no content and says
    why in `extensions["incomplete"]`; its status counts all the same. A connection serves requests
    with one and the same `extensions["customer"]`; idle ones are closed before there are more than
    `most_connections`.
    """

    def __init__(self, attempt_timeout: float = math.inf, most_connections: int = 8) -> None:
        self._attempt_timeout = attempt_timeout
        self._connections = Connections(most_connections)

    async def aclose(self) -> None:
        """Close every connection."""
        self._connections.close()
        await asyncio.sleep(0)  # in which the event loop lets go of them

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`, whose content is already in memory, and read the whole answer.

        Raises:
            NotSentError: the deadline is over, no connection in time, or the gateway is
                shutting down.
            NotAnsweredError: something was sent, and no status line and headers came back.
        """
        if self._connections.closed:
            raise NotSentError("the connection pool is closed")
        now = time.monotonic()
        deadline = min(request.extensions["deadline"], now + self._attempt_timeout)
        if deadline <= now:
            raise DeadlineError("before sending")
        content = b"".join(_stream(request))
        message = _message(request, content)
        url = request.url
        key = url.scheme, url.netloc, request.extensions.get("customer")
        connection = self._connections.take(key) or await self._open(url, deadline)
        try:
            answer = await connection.exchange(message, deadline)
        except ExchangeError as error:
            kind = NotAnsweredError if error.sent else ConnectError
            raise kind(str(error)) from error
        finally:
            self._connections.give_back(key, connection)
        return _response(answer)

    async def _open(self, url: httpx.URL, deadline: float) -> Connection:
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                return await self._connections.open(url)
        except (OSError, RuntimeError, ValueError) as error:  # all that connecting may raise
            raise ConnectError(type(error).__name__) from error


def _stream(request: httpx.Request) -> httpx.SyncByteStream:
    """The body of a request; httpx's `ByteStream`, which all of ours are, is of both kinds."""
    return cast("httpx.SyncByteStream", request.stream)


def _message(request: httpx.Request, content: bytes) -> bytes:
    """A request as it is sent; httpx's extension `target` stands for the path and the query.

    Raises:
        NotSentError: a header would end its line, and be followed by one that nobody has set.
    """
    target: bytes = request.extensions.get("target") or request.url.raw_path
    lines = [
        b"%s %s HTTP/1.1" % (request.method.encode("ascii"), target),
        b"Host: " + request.url.netloc,
        b"Accept-Encoding: identity",
    ]
    lines += [b": ".join(header) for header in request.headers.raw if header[0].lower() not in _OWN]
    if content:
        lines.append(b"Content-Length: %d" % len(content))
    head = b"\r\n".join(lines)
    if len(head) - len(head.translate(None, b"\r\n\0")) != len(b"\r\n") * (len(lines) - 1):
        raise NotSentError("a header that cannot be sent")
    return b"%s\r\n\r\n%s" % (head, content)


def _response(answer: Answer) -> httpx.Response:
    incomplete = answer.incomplete
    if answer.content and _is_encoded(answer.headers):
        incomplete = Incomplete.ENCODED
    return httpx.Response(
        answer.status,
        headers=answer.headers,  # as bytes, because httpx encodes text as ASCII only
        # a stream, because httpx reads content at once, and nobody reads that of a success
        stream=httpx.ByteStream(b"" if incomplete else bytes(answer.content)),
        extensions={"incomplete": incomplete} if incomplete else {},
    )


def _is_encoded(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether content is compressed, although nobody has asked for that."""
    return any(
        name.lower() == b"content-encoding" and value.lower() != b"identity"
        for name, value in headers
    )
