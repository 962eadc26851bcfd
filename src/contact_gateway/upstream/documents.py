"""Fetching one document that the gateway itself needs: a key set, or an access token."""

import time

import httpx

from contact_gateway.upstream.problems import NotAnsweredError, Problem, UnexpectedAnswerError

__all__ = ["exchange", "fetch_document"]


async def fetch_document(
    transport: httpx.AsyncBaseTransport, url: str, *, seconds: float, largest: int
) -> bytes:
    """GET the document at `url`; limits and errors are those of `exchange`."""
    return await exchange(transport, httpx.Request("GET", url), seconds=seconds, largest=largest)


async def exchange(
    transport: httpx.AsyncBaseTransport, request: httpx.Request, *, seconds: float, largest: int
) -> bytes:
    """Send `request` and return the body of at most `largest` bytes of a 200; no other counts.

    Redirects are not followed. It gives up after `seconds`.

    Raises:
        UpstreamError: there is no such document, or it did not come through.
    """
    request.headers["Accept"] = "application/json"
    request.extensions["deadline"] = time.monotonic() + seconds
    response = await transport.handle_async_request(request)
    if response.status_code != httpx.codes.OK:
        raise UnexpectedAnswerError(Problem(response.status_code))
    if "incomplete" in response.extensions or len(response.read()) > largest:
        raise NotAnsweredError("the document did not come through")
    return response.content
