"""HTTP to the upstream: an httpx transport whose connections are aiohttp's.

httpx's own pool dies of cancelled calls and hands surplus bytes of one response to the next caller
(measured with httpx 0.28.1 over httpcore 1.0.9). This transport also tells apart what the caller
of a write must know: never sent, sent but not answered, answered.
"""

import asyncio
import math
from enum import StrEnum
from typing import Self, cast

import aiohttp
import httpx
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
from aiohttp.http_writer import StreamWriter
from yarl import URL

from contact_gateway.upstream.connections import Connections
from contact_gateway.upstream.problems import (
    ConnectError,
    DeadlineError,
    NotAnsweredError,
    NotSentError,
    UpstreamError,
)

__all__ = ["Incomplete", "Transport"]

_MAX_RESPONSE_BYTES = 1_048_576
_MAX_HEADER_BYTES = 16_384
_NOT_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class Incomplete(StrEnum):
    """Why the body of an answer did not come through."""

    CUT_OFF = "cut off"
    ENCODED = "encoded"
    LATE = "late"
    OVERSIZED = "oversized"

    @property
    def may_pass(self) -> bool:
        """Whether another attempt may fare better."""
        return self in {Incomplete.CUT_OFF, Incomplete.LATE}


class Transport(httpx.AsyncBaseTransport):
    """Sends one request and reads one answer, at most 1 MiB of it.

    It takes at most `attempt_timeout` seconds, and ends before `request.extensions["deadline"]`
    on the event loop's clock. An answer whose body did not come through has no content and says
    why in `extensions["incomplete"]`; its status counts all the same.
    """

    def __init__(self, max_connections: int, attempt_timeout: float = math.inf) -> None:
        self._max_connections = max_connections
        self._attempt_timeout = attempt_timeout
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the connection pool on the running loop."""
        self._session = aiohttp.ClientSession(
            connector=Connections(self._max_connections),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            skip_auto_headers=("User-Agent", "Content-Type"),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            max_line_size=_MAX_HEADER_BYTES,
            max_field_size=_MAX_HEADER_BYTES,
        )
        return self

    async def aclose(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`, whose content is already in memory, and read the whole answer.

        Raises:
            NotSentError: the deadline is over, no connection in time, or the gateway is
                shutting down.
            NotAnsweredError: something was sent, and no status line and headers came back.
        """
        if self._session is None or self._session.closed:
            raise NotSentError("the connection pool is closed")
        now = asyncio.get_running_loop().time()
        deadline = min(request.extensions["deadline"], now + self._attempt_timeout)
        if deadline <= now:
            raise DeadlineError("before sending")
        sent = b"".join([part async for part in _stream(request)])
        body = _Body(sent) if sent else None
        answer = None
        content = bytearray()
        try:
            async with asyncio.timeout_at(deadline):
                answer = await self._session.request(
                    request.method,
                    _url(request),
                    headers=request.headers.multi_items(),
                    data=body,
                    allow_redirects=False,
                    # PATCH is never re-sent by aiohttp: it is not idempotent by its method
                    middlewares=None if body is not None else (_once,),
                )
                incomplete = await _read(answer, content)
        except Exception as error:
            if answer is None:
                raise _translated(error, body) from error
            incomplete = Incomplete.LATE if isinstance(error, TimeoutError) else Incomplete.CUT_OFF
        finally:
            if answer is not None and not answer.content.at_eof():
                answer.close()  # what is left on this connection belongs to nobody
        return httpx.Response(
            answer.status,
            headers=answer.raw_headers,  # as bytes, because httpx encodes text as ASCII only
            # a stream, because httpx reads content at once, and nobody reads that of a success
            stream=httpx.ByteStream(b"" if incomplete else bytes(content)),
            extensions={"incomplete": incomplete} if incomplete else {},
        )


def _stream(request: httpx.Request) -> httpx.AsyncByteStream:
    """The body of a request; httpx's `ByteStream`, which all of ours are, is of both kinds."""
    return cast("httpx.AsyncByteStream", request.stream)


def _url(request: httpx.Request) -> URL:
    """Where a request goes; httpx's extension `target` stands for the path and the query."""
    target: bytes = request.extensions.get("target", request.url.raw_path)
    origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
    return URL(origin + target.decode("ascii"), encoded=True)


class _Body(aiohttp.BytesPayload):
    """A request body that remembers whether any of its request was handed to the socket.

    aiohttp holds the headers back until the first byte of the body, so a body that was never
    written means a request that was never sent.
    """

    sent = False

    async def write_with_length(  # type: ignore[override]
        self, writer: StreamWriter, content_length: int | None
    ) -> None:
        # on a connection that the upstream has closed in the meantime, nothing is written
        self.sent = writer.transport is not None and not writer.transport.is_closing()
        await super().write_with_length(writer, content_length)


class _LostConnectionError(Exception):
    """A lost connection, as something that aiohttp does not know to try again."""


async def _once(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Keep aiohttp from repeating a request on its own, which nobody would count."""
    try:
        return await handler(request)
    except _NOT_CONNECTED:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _LostConnectionError from error


async def _read(answer: ClientResponse, content: bytearray) -> Incomplete | None:
    """Read the body of an answer into `content`, or say why not."""
    if answer.content.at_eof():
        return None
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        return Incomplete.ENCODED
    async for chunk in answer.content.iter_any():
        content += chunk
        if len(content) > _MAX_RESPONSE_BYTES:
            return Incomplete.OVERSIZED
    return None


def _translated(error: Exception, body: _Body | None) -> UpstreamError:
    """What a failure without an answer means: by how far the request got, not by its kind."""
    lost = isinstance(error, _LostConnectionError)
    reason = type(error.__cause__ if lost else error).__name__
    if isinstance(error, _NOT_CONNECTED):
        return ConnectError(reason)
    if body is None or body.sent:
        return NotAnsweredError(reason)
    if isinstance(error, TimeoutError | OSError | aiohttp.ClientConnectionError):
        return ConnectError(reason)
    return NotSentError(reason)
