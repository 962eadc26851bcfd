"""What a connection sends, and when."""

import asyncio
from collections.abc import Callable

import pytest

from contact_gateway.event_loop.writes import Writes
from contact_gateway.server.outgoing import Outgoing
from tests.client import Client
from tests.http.raw import connect

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"


class Recorder(asyncio.Transport):
    """A transport that remembers what was done with it."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[bytes | str] = []

    def write(self, data: bytes) -> None:  # type: ignore[override]
        """Remember what was written."""
        self.done.append(data)

    def close(self) -> None:
        """Remember it."""
        self.done.append("closed")

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return "closed" in self.done


@pytest.fixture
def recorder() -> Recorder:
    """What is under a response."""
    return Recorder()


@pytest.fixture
def response(recorder: Recorder) -> Outgoing:
    """What a response is written to that has begun, the only one under way."""
    outgoing = Outgoing(recorder, Writes(), [None])
    outgoing.begin_response()
    return outgoing


def test_a_head_and_a_body(recorder: Recorder, response: Outgoing) -> None:
    """They are written together, and what comes later at once."""
    for part in (HEAD, b"ab", b"cd"):
        response.write(part)

    assert recorder.done == [HEAD + b"ab", b"cd"]


def test_a_head_without_a_body(recorder: Recorder, response: Outgoing) -> None:
    """It is written, once, when the response is said to be complete."""
    response.write(HEAD)
    response.flush()
    response.flush()

    assert recorder.done == [HEAD]


def test_a_head_and_the_end_of_the_connection(recorder: Recorder, response: Outgoing) -> None:
    """The head is not lost."""
    response.write(HEAD)
    response.close()

    assert recorder.done == [HEAD, "closed"]


def test_an_interim_response(recorder: Recorder, response: Outgoing) -> None:
    """A client that waits for 100 before it goes on need not wait for more."""
    interim = b"HTTP/1.1 100 Continue\r\n\r\n"
    response.write(interim)
    response.write(HEAD)

    assert recorder.done == [interim]


async def written_under_load(recorder: Recorder, close: Callable[[Outgoing], None]) -> None:
    """A response and the head of another, written with many requests under way, and what comes."""
    under_way = [None] * 3
    outgoing = Outgoing(recorder, Writes(), under_way)
    outgoing.write(b"first ")
    under_way.clear()
    outgoing.write(b"second ")
    outgoing.begin_response()
    outgoing.write(HEAD)
    assert recorder.done == []
    close(outgoing)
    await asyncio.sleep(0)


def test_the_order_under_load(recorder: Recorder) -> None:
    """What is written when few requests are left does not overtake what waits."""
    asyncio.run(written_under_load(recorder, lambda _: None))

    assert recorder.done == [b"first second "]


def test_the_end_of_the_connection_under_load(recorder: Recorder) -> None:
    """All that was written is sent before, and only once."""
    asyncio.run(written_under_load(recorder, lambda outgoing: outgoing.close()))

    assert recorder.done == [b"first second " + HEAD, "closed"]


def test_a_lost_connection_under_load(recorder: Recorder) -> None:
    """Nothing is sent any more."""
    asyncio.run(written_under_load(recorder, lambda _: recorder.close()))

    assert recorder.done == ["closed"]


def test_a_request_for_the_head(client: Client) -> None:
    """The head comes without a body, and the connection serves the next request."""
    request = b"HEAD /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with connect(client.url) as connection:
        connection.sendall(request)
        first = connection.recv(65_536)
        connection.sendall(request)
        second = connection.recv(65_536)

    assert [reply[:15] for reply in (first, second)] == [b"HTTP/1.1 200 OK"] * 2
