"""Any other httpx transport in the place of ours, made to keep what can be kept from outside.

What it then lacks, each seen by running it against httpx 0.28.1 with httpcore 1.0.9:
- a caller who goes away may leave a connection of its pool unusable, for ever;
- one connection serves many customers, and bytes behind an answer may reach the next of them;
- where it calls a connection that was lost a failure to connect, a write that may have been made
  is called not made (httpx-aiohttp does); where it names a failure to connect in no way of httpx's,
  a write that was not made is called unclear;
- one that swallows being cancelled outlasts the deadline, and one that blocks keeps all others;
- it takes several times the CPU.

Not given to it: requests for key sets and for the gateway's own tokens. Not known to it: settings
of proxies, certificates and UPSTREAM_MAX_CONNECTIONS; its pool should have as many connections.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from types import TracebackType
from typing import Final, Self

import httpx

from contact_gateway.rest_client.call import INCOMPLETE, TARGET, Incomplete, Terms

__all__ = ["OtherTransport"]

_MAX_CONTENT_BYTES: Final = 1_048_576

# what tells that nothing was sent; in our own words, for theirs may hold what was to be sent
_NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
# a connection that hangs has to be found out before the deadline, when nobody could tell any more
_SHARE_TO_CONNECT: Final = 0.9
_DECODED: Final = {b"content-encoding", b"content-length"}


class OtherTransport(httpx.AsyncBaseTransport):
    """Ends each request before the deadline of its `Terms`, and reads at most 1 MiB of an answer.

    Errors keep what they tell of whether the request was sent, and lose their words.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def __aenter__(self) -> Self:
        """Open the transport."""
        await self._transport.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        """Close the transport."""
        await self._transport.__aexit__(exc_type, exc_value, traceback)

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`, and read the whole answer.

        Raises:
            httpx.TransportError: there is none; one that says that there was no connection where
                the transport within says so, else an `httpx.ReadError`, for nobody can tell
                whether anything was sent.
        """
        deadline = Terms.of(request).deadline
        seconds = (deadline - time.monotonic()) * _SHARE_TO_CONNECT
        timeouts = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {**timeouts, "connect": seconds, "pool": seconds}
        if target := request.extensions.pop(TARGET, None):  # few of them know it
            request.url = request.url.copy_with(raw_path=target)
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                response = await self._transport.handle_async_request(request)
        except Exception as error:  # noqa: BLE001 - a stranger may raise anything
            raise _in_our_words(error) from None
        content, incomplete = await _read(response, deadline)
        headers = response.headers.raw
        if _is_read(response):  # and decoded by whoever has read it
            headers = [each for each in headers if each[0].lower() not in _DECODED]
        return httpx.Response(
            response.status_code,
            headers=headers,
            stream=httpx.ByteStream(b"" if incomplete else content),
            extensions={INCOMPLETE: incomplete} if incomplete else {},
        )


def _in_our_words(error: Exception) -> httpx.TransportError:
    """What an error tells of whether the request was sent, and the name of its type."""
    kind = next((kind for kind in _NOT_SENT if isinstance(error, kind)), httpx.ReadError)
    return kind(type(error).__name__)


async def _read(response: httpx.Response, deadline: float) -> tuple[bytes, Incomplete | None]:
    """The content of a response as it came, and why it is not whole, if it is not."""
    content = bytearray()
    try:
        async with (
            asyncio.timeout(deadline - time.monotonic()),
            aclosing(_parts(response)) as parts,
        ):
            async for part in parts:
                content += part
                if len(content) > _MAX_CONTENT_BYTES:
                    return b"", Incomplete.OVERSIZED
    except TimeoutError:
        return b"", Incomplete.LATE
    except Exception:  # noqa: BLE001 - as above; the status counts all the same
        return b"", Incomplete.CUT_OFF
    finally:
        await _close(response, deadline)
    return bytes(content), None


async def _parts(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """The content as it comes: from a stream of either kind, or from what was read already."""
    stream = response.stream
    if _is_read(response):
        yield response.content
    elif isinstance(stream, httpx.AsyncByteStream):
        # not by `response.aiter_raw`, which has nothing where the content is in memory already
        async for part in stream:
            yield part
    else:
        for part in stream:
            yield part


def _is_read(response: httpx.Response) -> bool:
    """Whether somebody has read a stream that cannot be read again."""
    return response.is_stream_consumed and not isinstance(response.stream, httpx.ByteStream)


async def _close(response: httpx.Response, deadline: float) -> None:
    """Give the connection back. The answer is there: what goes wrong now changes nothing."""
    with suppress(Exception):
        if isinstance(response.stream, httpx.AsyncByteStream):
            async with asyncio.timeout(deadline - time.monotonic()):
                await response.aclose()
        else:
            response.close()
