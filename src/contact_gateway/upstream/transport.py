"""HTTP to the upstream: an httpx transport whose connections are aiohttp's.

httpx's own pool dies of cancelled calls and hands surplus bytes of one response to the next caller
(measured with httpx 0.28.1 over httpcore 1.0.9); aiohttp's does neither. This transport also tells
apart what the caller of a write must know: never sent, sent but not answered, answered.
"""

import asyncio
from typing import Self

import aiohttp
import httpx
from aiohttp.abc import AbstractStreamWriter
from yarl import URL

from contact_gateway.upstream.problems import ConnectError, NotAnsweredError, NotSentError

__all__ = ["Transport"]

_MAX_RESPONSE_BYTES = 1_048_576
_MAX_HEADER_BYTES = 16_384


class _Body(aiohttp.BytesPayload):
    """A request body that remembers whether any of its request was handed to the socket.

    aiohttp holds the headers back until the first byte of the body, so a body that was never
    written means a request that was never sent.
    """

    sent = False

    async def write_with_length(
        self, writer: AbstractStreamWriter, content_length: int | None
    ) -> None:
        self.sent = True
        await super().write_with_length(writer, content_length)


class Transport(httpx.AsyncBaseTransport):
    """Sends one request and reads one answer, at most 1 MiB of it, before the request's deadline.

    The deadline is `request.extensions["deadline"]`, on the event loop's clock. An answer whose
    body is cut off, too long, encoded or late has `extensions["incomplete"]`, and no content.
    """

    def __init__(self, max_connections: int) -> None:
        self._max_connections = max_connections
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the connection pool on the running loop."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._max_connections),
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
            ConnectError: no connection in time; nothing was sent.
            NotSentError: the gateway is shutting down; nothing was sent.
            NotAnsweredError: something was sent, and no status line and headers came back.
        """
        if self._session is None or self._session.closed:
            raise NotSentError("the connection pool is closed")
        deadline: float = request.extensions["deadline"]
        body = _Body(request.content) if request.content else None
        try:
            async with asyncio.timeout_at(deadline):
                answer = await self._session.request(
                    request.method,
                    URL(str(request.url), encoded=True),
                    headers=request.headers.multi_items(),
                    data=body,
                    allow_redirects=False,
                )
        except aiohttp.ClientConnectorError as error:
            raise ConnectError(type(error).__name__) from error
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            if body is not None and not body.sent:
                raise ConnectError(type(error).__name__) from error
            raise NotAnsweredError(type(error).__name__) from error
        return await _read(answer, deadline)


async def _read(answer: aiohttp.ClientResponse, deadline: float) -> httpx.Response:
    """Read the body; the status counts even where the body does not come through."""
    content = bytearray()
    incomplete = None
    try:
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            incomplete = "encoded"
        elif not answer.content.at_eof():
            async with asyncio.timeout_at(deadline):
                async for chunk in answer.content.iter_any():
                    content += chunk
                    if len(content) > _MAX_RESPONSE_BYTES:
                        incomplete = "oversized"
                        break
    except TimeoutError:
        incomplete = "late"
    except (aiohttp.ClientError, OSError, ValueError):
        incomplete = "cut off"
    finally:
        if not answer.content.at_eof():
            answer.close()  # what is left on this connection belongs to nobody
    return httpx.Response(
        answer.status,
        headers=answer.raw_headers,  # as bytes, because httpx encodes text as ASCII only
        content=b"" if incomplete else bytes(content),
        extensions={"incomplete": incomplete} if incomplete else {},
    )
