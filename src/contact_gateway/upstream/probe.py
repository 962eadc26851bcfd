"""Finding out whether anybody answers at an address."""

import time

import httpx

__all__ = ["probe"]


async def probe(transport: httpx.AsyncBaseTransport, url: str, *, seconds: float) -> int:
    """The status that `GET url` is answered with, whatever it is.

    Raises:
        UpstreamError: nobody answered within `seconds`.
    """
    extensions = {"deadline": time.monotonic() + seconds}
    request = httpx.Request("GET", url, extensions=extensions)
    return (await transport.handle_async_request(request)).status_code
