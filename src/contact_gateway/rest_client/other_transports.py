"""Any other httpx transport in the place of ours, made to keep what can be kept from outside.

What it then lacks, each seen by running it against httpx 0.28.1 with httpcore 1.0.9:
- a caller who goes away may leave a connection of its pool unusable, for ever;
- one connection serves many customers, and bytes behind an answer may reach the next of them;
- where it calls a connection that was lost a failure to connect, a write that may have been made
  is called not made (httpx-aiohttp does).
"""

import asyncio
import time
from typing import Final, cast

import httpx

from contact_gateway.rest_client.call import INCOMPLETE, Incomplete, Terms

__all__ = ["OtherTransport"]

_MAX_CONTENT_BYTES: Final = 1_048_576


class OtherTransport(httpx.AsyncBaseTransport):
    """Ends each request before the deadline of its `Terms`, and reads at most 1 MiB of an answer.

    Errors keep their kind and lose their words, which may hold what was sent.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`, and read the whole answer.

        Raises:
            httpx.TransportError: as the transport within; `httpx.ReadTimeout` at the deadline, for
                nobody can tell then whether anything was sent.
        """
        deadline = Terms.of(request).deadline
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                response = await self._transport.handle_async_request(request)
        except TimeoutError:
            raise httpx.ReadTimeout("TimeoutError") from None
        except httpx.TransportError as error:
            # not from it: its words may hold a header that was to be sent
            raise type(error)(type(error).__name__) from None
        content, incomplete = await _read(response, deadline)
        return httpx.Response(
            response.status_code,
            headers=response.headers.raw,
            stream=httpx.ByteStream(b"" if incomplete else content),
            extensions={INCOMPLETE: incomplete} if incomplete else {},
        )


async def _read(response: httpx.Response, deadline: float) -> tuple[bytes, Incomplete | None]:
    """The content of a response as it came, and why it is not whole, if it is not."""
    content = bytearray()
    try:
        async with asyncio.timeout(deadline - time.monotonic()):
            # not by `response.aiter_raw`, which has nothing where the content is in memory already
            async for part in cast("httpx.AsyncByteStream", response.stream):
                content += part
                if len(content) > _MAX_CONTENT_BYTES:
                    return b"", Incomplete.OVERSIZED
    except TimeoutError:
        return b"", Incomplete.LATE
    except httpx.TransportError:
        return b"", Incomplete.CUT_OFF
    finally:
        await response.aclose()
    return bytes(content), None
