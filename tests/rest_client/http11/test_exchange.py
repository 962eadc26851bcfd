"""One connection to the upstream: what counts as an answer, and what was sent."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable

import pytest

from contact_gateway.rest_client import Answer as Received
from contact_gateway.rest_client import HTTP11Transport
from contact_gateway.rest_client.http11.exchange import Connection, ExchangeError
from contact_gateway.rest_client.problems import NotAnsweredError
from contact_gateway.rest_client.sending import Sender
from tests.rest_client.stack import call, run
from tests.scripted_upstream import Answer, ScriptedUpstream, reply

CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"2\r\n{}\r\n0\r\nContent-Encoding: gzip\r\n\r\n"
)
ANSWER = reply(204).content


async def twice(url: str) -> list[Received]:
    """The answers to two reads, one after the other, in one pool."""
    async with HTTP11Transport() as transport:
        sender = Sender(transport, url, 5)
        return [await sender.send(call("GET")) for _ in range(2)]


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (Answer(b"HTTP/1.1 100 Go on\r\n\r\n" + reply(200, "{}").content), 200, b"{}"),
        (Answer(b"HTTP/1.1 103 X\r\nLink: x\r\n\r\n" * 3 + reply(422, "{}").content), 422, b"{}"),
        (Answer(CHUNKED), 200, b"{}"),
        (Answer(b"HTTP/1.1 200 OK\r\n\r\n{}", then="close"), 200, b"{}"),
        (Answer(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", then="close"), 200, b"{}"),
        (Answer(reply(200, "{}").content, pause=0.0001), 200, b"{}"),
    ],
    ids=["100", "103", "chunks with a trailer", "until it closes", "HTTP/1.0", "byte by byte"],
)
def test_framing(scripted: ScriptedUpstream, answer: Answer, status: int, body: bytes) -> None:
    """The final response is the answer, without what came before it or in trailers."""
    scripted.answers(answer)

    for received in run(twice(scripted.url)):
        assert (received.status, received.content) == (status, body)
        assert received.incomplete is None
        assert not {"link", "content-encoding"} & set(received.headers)


@pytest.mark.parametrize(
    "lines",
    [
        b"Retry-After: 7\r\n",
        b"Retry-After:\r\n 7\r\n",
        b"Retry-After \t: 7\r\n",
        b"Retry-After: 7 \t\r\n",
        b"X: a\r\n b\r\n\tc\r\nRetry-After: 7\r\n",
        b"Retry-After: 7\n",
    ],
    ids=[
        "as it should be",
        "folded",
        "a space first",
        "a space last",
        "a fold before",
        "a bare LF",
    ],
)
@pytest.mark.parametrize("pause", [0, 0.0001], ids=["at once", "byte by byte"])
def test_a_field_as_it_may_come(scripted: ScriptedUpstream, lines: bytes, pause: float) -> None:
    """It is read, whatever it looks like (RFC 9112 sections 2.2, 5.1, 5.2)."""
    head = b"HTTP/1.1 429 Later\r\n%sContent-Length: 2\r\n\r\n{}"
    scripted.answers(Answer(head % lines, pause=pause))

    for received in run(twice(scripted.url)):
        assert (received.status, received.content, received.incomplete) == (429, b"{}", None)
        assert received.headers["Retry-After"] == "7"


KEPT = {
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "204 without content": b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "chunks": CHUNKED,
    "HTTP/1.0 that is kept": (
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}"
    ),
}
CLOSED = {
    "204 in chunks": b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
    "204 of a length": b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n",
    "304 of a length": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n",
    "chunks of HTTP/1.0": (
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2\r\n{}\r\n0\r\n\r\n"
    ),
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "chunks without an end": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
    ),
    "Connection: close": b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("name", [*KEPT, *CLOSED])
def test_a_connection_after_an_answer(name: str) -> None:
    """It is closed unless another answer can be told from what may come yet."""

    async def ended(upstream: ScriptedUpstream) -> int:
        async with HTTP11Transport() as transport:
            await Sender(transport, upstream.url, 5).send(call("GET"))
            if name in CLOSED:
                await asyncio.to_thread(upstream.wait_for_ends)
            return upstream.ended

    with ScriptedUpstream() as upstream:
        upstream.answers(Answer({**KEPT, **CLOSED}[name]))
        assert run(ended(upstream)) == (name in CLOSED)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"HTTP/1.1 101 Yes\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nx"),
        Answer(b"HTTP/1.1 101 Yes\r\n\r\n" + reply(200).content),
    ],
)
def test_other_protocol(scripted: ScriptedUpstream, answer: Answer) -> None:
    """An upstream that changes the protocol has not answered."""
    scripted.answers(answer)

    with pytest.raises(NotAnsweredError, match="HttpParser"):
        run(twice(scripted.url))


@contextlib.asynccontextmanager
async def holding(
    held: list[Callable[[], None]],
) -> AsyncIterator[tuple[Connection, socket.socket]]:
    """A connection whose requests are `held` until they are called, and its upstream."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: Connection(held.append), *address
        )
        upstream, _ = await asyncio.to_thread(listener.accept)
    with upstream:
        upstream.settimeout(10)
        yield connection, upstream


async def before_it_is_sent(happens: Callable[[socket.socket], None]) -> tuple[bool, bool, bytes]:
    """Whether a request is said to be sent, the connection may be used, and what was sent."""
    held: list[Callable[[], None]] = []
    async with holding(held) as (connection, upstream):
        exchange = asyncio.create_task(connection.exchange(b"a request", time.monotonic() + 10))
        await asyncio.sleep(0)
        happens(upstream)
        with pytest.raises(ExchangeError) as error:
            await exchange
        for send in held:
            send()
        return error.value.sent, connection.usable, await asyncio.to_thread(upstream.recv, 100)


async def late_when_it_is_sent() -> tuple[bool, bytes]:
    """Whether a request is said to be sent whose deadline ends right before that, and what was."""
    held: list[Callable[[], None]] = []
    async with holding(held) as (connection, upstream):
        exchange = asyncio.create_task(connection.exchange(b"a request", time.monotonic() - 1))
        await asyncio.sleep(0)
        for send in held:
            asyncio.get_running_loop().call_soon(send)
        with pytest.raises(ExchangeError) as error:
            await exchange
        return error.value.sent, await asyncio.to_thread(upstream.recv, 100)


@pytest.mark.parametrize(
    "happens",
    [lambda upstream: upstream.shutdown(socket.SHUT_WR), lambda upstream: upstream.sendall(ANSWER)],
    ids=["an end", "an answer"],
)
def test_what_comes_before_the_request_is_sent(happens: Callable[[socket.socket], None]) -> None:
    """It is no answer: the request is never sent, said so, and may be sent on another."""
    assert run(before_it_is_sent(happens)) == (False, False, b"")


def test_late_when_it_is_sent() -> None:
    """A request that is said not to be sent is not sent."""
    assert run(late_when_it_is_sent()) == (False, b"")
