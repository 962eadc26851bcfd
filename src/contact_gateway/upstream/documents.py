"""Fetching one document that the gateway itself needs, such as a key set."""

import asyncio

import httpx

from contact_gateway.upstream.problems import NotAnsweredError, Problem, UnexpectedAnswerError

__all__ = ["fetch_document"]


async def fetch_document(
    transport: httpx.AsyncBaseTransport, url: str, *, seconds: float, largest: int
) -> bytes:
    """GET `url` and return its body of at most `largest` bytes; redirects are not followed.

    It gives up after `seconds`.

    Raises:
        UpstreamError: there is no such document, or it did not come through.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    response = await transport.handle_async_request(
        httpx.Request("GET", url, headers=headers, extensions={"deadline": deadline})
    )
    if response.status_code != httpx.codes.OK:
        raise UnexpectedAnswerError(Problem(response.status_code))
    if "incomplete" in response.extensions or len(response.content) > largest:
        raise NotAnsweredError("the document did not come through")
    return response.content
