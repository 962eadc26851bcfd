"""The border to httpx: a call leaves as a complete request, an answer or an error comes back."""

import time
from collections.abc import Coroutine
from typing import Any, Final, cast

import httpx

from contact_gateway.egress import EgressError
from contact_gateway.rest_client.call import (
    INCOMPLETE,
    TARGET,
    TERMS,
    Answer,
    Call,
    EndedAtRestError,
    Incomplete,
    Terms,
)
from contact_gateway.rest_client.contents import decoded
from contact_gateway.rest_client.problems import (
    ConnectError,
    DeadlineError,
    NotAnsweredError,
    NotSentError,
    UpstreamError,
)

__all__ = ["Sender", "extensions_of", "send_request"]

# what httpx raises before anything of a request is on its way; everything else may come after it
_NOT_CONNECTED: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_TIMEOUTS: Final = ("connect", "read", "write", "pool")


class Sender:
    """Sends calls to the REST API at `base_url` over an httpx transport.

    One attempt takes `attempt_timeout` seconds at most, and ends before the call's own deadline.
    """

    def __init__(
        self, transport: httpx.AsyncBaseTransport, base_url: str, attempt_timeout: float
    ) -> None:
        self._transport = transport
        self._url = httpx.URL(base_url)
        self._path = self._url.raw_path.rstrip(b"/")
        self._host = self._url.netloc
        self._attempt_timeout = attempt_timeout

    def send(self, call: Call) -> Coroutine[Any, Any, Answer]:
        """Send a call once, and read the whole answer.

        Raises:
            NotSentError: the deadline is over, or there was no connection in time.
            NotAnsweredError: something was sent, and no status line and headers came back.
        """
        now = time.monotonic()
        seconds = min(call.deadline - now, self._attempt_timeout)
        if seconds <= 0:
            raise DeadlineError("before sending")
        headers = [
            (b"Host", self._host),
            (b"Accept-Encoding", b"identity"),
            (b"Authorization", b"Bearer " + call.token.encode("ascii")),
            (b"Customer-Id", b"%d" % call.customer),
            (b"Accept", b"application/json, application/problem+json"),
            (b"traceparent", call.traceparent.encode("ascii")),
            (b"X-Request-Id", call.request_id.encode("ascii")),
        ]
        if call.content:
            headers.append((b"Content-Type", b"application/json"))
            headers.append((b"Content-Length", b"%d" % len(call.content)))
        elif call.method != "GET":
            headers.append((b"Content-Length", b"0"))  # RFC 9110 section 8.6
        extensions = extensions_of(seconds, Terms(now + seconds, call.customer))
        # to parse a URL takes longer than to make the rest of the request
        extensions[TARGET] = self._path + call.target.encode("ascii")
        request = httpx.Request(
            call.method,
            self._url,
            headers=headers,
            # content that is bytes already: to let httpx encode it takes longer than all the rest
            stream=httpx.ByteStream(call.content),
            extensions=extensions,
        )
        return send_request(self._transport, request)


async def send_request(transport: httpx.AsyncBaseTransport, request: httpx.Request) -> Answer:
    """Send a complete request, and read its answer.

    Raises:
        UpstreamError: as `Sender.send` does.
    """
    try:
        response = await transport.handle_async_request(request)
    except httpx.TransportError as error:
        raise _failure(error) from error
    incomplete: Incomplete | None = response.extensions.get(INCOMPLETE)
    # a transport of ours has the content in memory, as a `ByteStream`, which is of both kinds
    content = b"".join(cast("httpx.SyncByteStream", response.stream))
    if content and (coding := response.headers.get("Content-Encoding")):
        content, incomplete = decoded(content, coding)
    return Answer(response.status_code, response.headers, content, incomplete)


def extensions_of(seconds: float, terms: Terms) -> dict[str, object]:
    """What a transport is told: httpx's own timeouts, which any knows, and the terms."""
    return {"timeout": dict.fromkeys(_TIMEOUTS, seconds), TERMS: terms}


def _failure(error: httpx.TransportError) -> UpstreamError:
    """What an exception of a transport tells of whether the request was sent."""
    reason = str(error)
    if isinstance(error, httpx.UnsupportedProtocol):
        return NotSentError(reason)
    if isinstance(error, _NOT_CONNECTED):
        cause = error.__cause__
        return ConnectError(reason, cause.advice if isinstance(cause, EgressError) else None)
    return NotAnsweredError(reason, at_rest=isinstance(error, EndedAtRestError))
