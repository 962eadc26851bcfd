"""A transport that is not httpx's own in the place of ours: whatever it does, the call is true."""

import asyncio
import gzip
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from traceback import format_exception
from typing import Self, cast

import httpx
import pytest

from contact_gateway.rest_client import Answer as Received
from contact_gateway.rest_client.call import Incomplete
from contact_gateway.rest_client.other_transports import OtherTransport
from contact_gateway.rest_client.problems import ConnectError, NotAnsweredError, UpstreamError
from contact_gateway.rest_client.sending import Sender
from tests.rest_client.stack import call, run
from tests.scripted_upstream import HANG, ScriptedUpstream


async def send(
    url: str, transport: httpx.AsyncBaseTransport, attempt_timeout: float = 5
) -> Received | UpstreamError:
    """Send a write over `transport`; its answer or error."""
    async with OtherTransport(transport) as other:
        try:
            return await Sender(other, url, attempt_timeout).send(call())
        except UpstreamError as error:
            return error


class Stranger(httpx.AsyncBaseTransport):
    """A transport that answers as it is told, or raises."""

    def __init__(self, end: httpx.Response | BaseException) -> None:
        self._end = end
        self.calls: list[str] = []

    async def __aenter__(self) -> Self:
        """Note it."""
        self.calls.append("entered")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Note it."""
        self.calls.append("left")

    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        """Answer."""
        if isinstance(self._end, BaseException):
            raise self._end
        return self._end


def send_over(end: httpx.Response | BaseException) -> Received | UpstreamError:
    """Send a call over a transport that ends so."""
    return run(send("http://upstream", Stranger(end), 0.5))


class WordyError(httpx.ConnectError):
    """A failure to connect that is made in a way of its own."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"canary {host}:{port}")


NOT_SENT = [WordyError("host", 80), httpx.ConnectTimeout("canary"), httpx.PoolTimeout("canary")]
UNCLEAR = [
    OSError(104, "canary"),
    ssl.SSLError("canary"),
    RuntimeError("canary"),
    TimeoutError("canary"),
    httpx.DecodingError("canary"),
    httpx.TooManyRedirects("canary"),
    httpx.StreamClosed(),
    httpx.ReadTimeout("canary"),
    httpx.InvalidURL("canary"),
]


@pytest.mark.parametrize("error", [*NOT_SENT, *UNCLEAR], ids=lambda error: type(error).__name__)
def test_whatever_it_raises(error: Exception) -> None:
    """It is known whether that can have been sent; what it says in words is not handed on."""
    outcome = send_over(error)

    assert isinstance(outcome, UpstreamError)
    assert (type(outcome), str(outcome), "canary" in "".join(format_exception(outcome))) == (
        ConnectError if error in NOT_SENT else NotAnsweredError,
        type(error).__name__,
        False,
    )


class Stream(httpx.AsyncByteStream):
    """Content whose parts may be errors; `closing` is what closing it raises."""

    def __init__(self, *parts: object, closing: Exception | None = None) -> None:
        self._parts = parts
        self._closing = closing

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            if isinstance(part, Exception):
                raise part
            yield cast("bytes", part)

    async def aclose(self) -> None:
        """Fail, if told."""
        if self._closing is not None:
            raise self._closing


class SyncStream(httpx.SyncByteStream):
    """Content that comes without waiting."""

    def __iter__(self) -> Iterator[bytes]:
        yield from (b"{", b"}")


def read_before(stream: httpx.AsyncByteStream, **headers: str) -> httpx.Response:
    """A response that a wrapper has read already, to log it perhaps."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx.Response(200, stream=stream, headers=named)
    run(response.aread())
    return response


def spent() -> httpx.Response:
    """A response that a wrapper has read, and kept nothing of."""

    async def read() -> None:
        _ = [part async for part in response.aiter_raw()]

    response = httpx.Response(200, stream=Stream(b"{}"))
    run(read())
    return response


RESPONSES: dict[str, tuple[Callable[[], httpx.Response], bytes, Incomplete | None]] = {
    "a stream": (lambda: httpx.Response(200, stream=Stream(b"{", b"}")), b"{}", None),
    "of no part": (lambda: httpx.Response(200, stream=Stream()), b"", None),
    "of the other kind": (lambda: httpx.Response(200, stream=SyncStream()), b"{}", None),
    "read already": (lambda: read_before(Stream(b"{}")), b"{}", None),
    "read and decoded already": (
        lambda: read_before(Stream(gzip.compress(b"{}")), Content_Encoding="gzip"),
        b"{}",
        None,
    ),
    "that fails to close": (
        lambda: httpx.Response(200, stream=Stream(b"{}", closing=OSError("canary"))),
        b"{}",
        None,
    ),
    "whose stream is spent": (spent, b"", Incomplete.CUT_OFF),
    **{
        f"that ends in {type(error).__name__}": (
            partial(httpx.Response, 200, stream=Stream(b"{", error)),
            b"",
            Incomplete.LATE if isinstance(error, TimeoutError) else Incomplete.CUT_OFF,
        )
        for error in UNCLEAR
    },
    "of no bytes": (lambda: httpx.Response(200, stream=Stream("{}")), b"", Incomplete.CUT_OFF),
}


@pytest.mark.parametrize(("response", "content", "incomplete"), RESPONSES.values(), ids=RESPONSES)
def test_whatever_it_answers(
    response: Callable[[], httpx.Response], content: bytes, incomplete: Incomplete | None
) -> None:
    """The status counts, and the content is whole or known not to be."""
    outcome = send_over(response())

    assert isinstance(outcome, Received)
    assert (outcome.status, outcome.content, outcome.incomplete) == (200, content, incomplete)


def test_closing_without_end() -> None:
    """It is given up at the deadline, and the answer counts."""

    class Clinging(Stream):
        async def aclose(self) -> None:
            await asyncio.Event().wait()

    outcome = send_over(httpx.Response(200, stream=Clinging(b"{}")))

    assert isinstance(outcome, Received)
    assert (outcome.status, outcome.content) == (200, b"{}")


def test_life() -> None:
    """The transport within is opened and closed in its own way."""
    stranger = Stranger(httpx.Response(204))

    run(send("http://upstream", stranger))

    assert stranger.calls == ["entered", "left"]


def test_connection_that_hangs() -> None:
    """It is told from an answer that does not come: nothing was sent."""
    with socket.create_server(("127.0.0.1", 0)) as silent:  # lets in, and never shakes hands
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        outcome = run(send(url, httpx.AsyncHTTPTransport(), 1))

    assert repr(outcome) == "ConnectError('ConnectTimeout')"


def test_pool_that_is_full(scripted: ScriptedUpstream) -> None:
    """Who gets no connection of it has sent nothing."""
    scripted.answers(HANG)
    limits = httpx.Limits(max_connections=1)

    async def two() -> tuple[Received | BaseException]:
        async with OtherTransport(httpx.AsyncHTTPTransport(limits=limits)) as other:
            first = Sender(other, scripted.url, 5).send(call(deadline=time.monotonic() + 3))
            begun = asyncio.create_task(first)
            await asyncio.to_thread(scripted.wait_for, 1)
            second = Sender(other, scripted.url, 1).send(call())
            ends = await asyncio.gather(second, return_exceptions=True)
            begun.cancel()
            return ends

    assert [repr(end) for end in run(two())] == ["ConnectError('PoolTimeout')"]
