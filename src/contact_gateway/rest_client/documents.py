"""Requests of the gateway itself: for a key set, for an access token, or to see who answers."""

import time
from collections.abc import Mapping

import httpx

from contact_gateway.rest_client.call import Answer, Terms
from contact_gateway.rest_client.problems import NotAnsweredError, Problem, UnexpectedAnswerError
from contact_gateway.rest_client.sending import extensions_of, send_request

__all__ = ["exchange", "fetch_document", "probe"]


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
    request.headers["Accept-Encoding"] = "identity"
    request.extensions.update(extensions_of(seconds, Terms(time.monotonic() + seconds)))
    answer = await send_request(transport, request)
    if answer.status != httpx.codes.OK:
        raise UnexpectedAnswerError(Problem(answer.status))
    if answer.incomplete is not None or len(answer.content) > largest:
        raise NotAnsweredError("the document did not come through")
    return answer.content


async def probe(
    transport: httpx.AsyncBaseTransport, url: str, *, headers: Mapping[str, str], seconds: float
) -> Answer:
    """Whatever `GET url` is answered with.

    Raises:
        UpstreamError: nobody answered within `seconds`.
    """
    extensions = extensions_of(seconds, Terms(time.monotonic() + seconds))
    coding = {"Accept-Encoding": "identity"}
    request = httpx.Request("GET", url, headers={**headers, **coding}, extensions=extensions)
    return await send_request(transport, request)
