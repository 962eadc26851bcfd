"""Requests of the gateway itself: for a key set, for an access token, or to see who answers."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import httpx

from contact_gateway.rest_client.call import Answer, Terms
from contact_gateway.rest_client.problems import NotAnsweredError, Problem, UnexpectedAnswerError
from contact_gateway.rest_client.sending import extensions_of, send_request

__all__ = ["Document", "exchange", "fetch_document", "probe"]

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS: Final = 3


@dataclass(frozen=True, slots=True)
class Document:
    """What was fetched, and for how many seconds it is fresh, if that was said."""

    content: bytes
    max_age: float | None = None


async def fetch_document(
    transport: httpx.AsyncBaseTransport, url: str, *, seconds: float, largest: int
) -> Document:
    """GET the document at `url`; limits and errors are those of `exchange`, all hops together.

    A redirect is followed within https and to the same host and port, three times at the most: the
    document is believed because of the host that it comes from.
    """
    deadline = time.monotonic() + seconds
    target = httpx.URL(url)
    for _ in range(_MOST_REDIRECTS + 1):
        request = httpx.Request("GET", target)
        answer = await _ask(transport, request, deadline)
        location = answer.headers.get("Location")
        if answer.status not in _REDIRECTS or location is None:
            return Document(_content(answer, largest), _max_age(answer.headers))
        if (elsewhere := _within_the_site(target, location)) is None:
            break
        target = elsewhere
    raise UnexpectedAnswerError(Problem(answer.status))


def _within_the_site(url: httpx.URL, location: str) -> httpx.URL | None:
    """Where a redirect leads to, if that is the same https site."""
    try:
        target = url.join(location)
    except (httpx.InvalidURL, ValueError):
        return None
    alike = (target.scheme, target.host, target.port) == ("https", url.host, url.port)
    return target if alike and url.scheme == "https" and not target.userinfo else None


def _max_age(headers: httpx.Headers) -> float | None:
    """For how long an answer is fresh (RFC 9111 section 4.2.1); what forbids to keep it is 0."""
    control = headers.get("Cache-Control", "").lower()
    if re.search(r"(^|[,\s])no-(store|cache)\b", control):
        return 0
    found = re.search(r"(?:^|[,\s])max-age=\"?(\d{1,10})", control)
    if found is None:
        return None
    age = headers.get("Age", "0").strip()
    return max(float(found[1]) - (float(age) if re.fullmatch(r"[0-9]{1,10}", age) else 0), 0)


async def exchange(
    transport: httpx.AsyncBaseTransport, request: httpx.Request, *, seconds: float, largest: int
) -> bytes:
    """Send `request` and return the body of at most `largest` bytes of a 200; no other counts.

    Redirects are not followed. It gives up after `seconds`.

    Raises:
        UpstreamError: there is no such document, or it did not come through.
    """
    answer = await _ask(transport, request, time.monotonic() + seconds)
    return _content(answer, largest)


async def _ask(
    transport: httpx.AsyncBaseTransport, request: httpx.Request, deadline: float
) -> Answer:
    request.headers["Accept"] = "application/json"
    request.headers["Accept-Encoding"] = "identity"
    seconds = max(deadline - time.monotonic(), 0.001)
    request.extensions.update(extensions_of(seconds, Terms(deadline)))
    return await send_request(transport, request)


def _content(answer: Answer, largest: int) -> bytes:
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
