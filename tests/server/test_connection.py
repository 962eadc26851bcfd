"""Connections: slow clients, large heads, and what other protocols would do."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sized
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contact_gateway.app import build_app
from contact_gateway.event_loop.writes import Writes
from contact_gateway.sandbox import Sandbox
from contact_gateway.server.connection import HTTPConnection
from contact_gateway.server.connection_limits import ConnectionLimits
from contact_gateway.server.turns import Turns
from tests.client import Client
from tests.conftest import IssueToken
from tests.http.raw import BODY, connect, head, post, read_response, read_to_the_end, statuses
from tests.servers import running_app, settings_for


class Impatient(HTTPConnection):
    """A connection that waits for a moment only."""

    limits = ConnectionLimits(silence=0.5, head=0.1, body=0.15, farewell=0.1, body_bytes=200_000)


@pytest.fixture(scope="module")
def impatient_url(sandbox_server: Sandbox) -> Iterator[str]:
    """A gateway of impatient connections."""
    settings = settings_for(sandbox_server.url)
    with running_app(build_app(settings), settings, Impatient) as url:
        yield url


@pytest.fixture
def impatient(impatient_url: str, issue_token: IssueToken) -> Iterator[Client]:
    """A client of an impatient gateway."""
    client = Client(impatient_url, issue_token())
    with client.http:
        yield client


def test_how_long_a_connection_waits() -> None:
    """5 seconds for a first byte, 5 for the rest of the head, 10 for the body; 24 KiB of head."""
    limits = HTTPConnection.limits

    assert (limits.silence, limits.head, limits.body, limits.head_bytes) == (5, 5, 10, 24_576)


@pytest.mark.parametrize("sent", [b"", b"\r\n\r\n"], ids=["nothing", "blank lines"])
def test_silence(impatient: Client, sent: bytes) -> None:
    """A connection that sends nothing is closed, without a word."""
    with connect(impatient.url) as connection:
        connection.sendall(sent)

        assert read_to_the_end(connection) == b""


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(0.01, id="the first bytes"),
        pytest.param(0.5, id="half a head"),
        pytest.param(0.95, id="half a body"),
    ],
)
def test_half_a_request(impatient: Client, part: float) -> None:
    """A request that does not come is answered 408 and the connection closed."""
    request = post(impatient, BODY + b" " * 100)
    with connect(impatient.url) as connection:
        connection.sendall(request[: int(len(request) * part)])

        assert statuses(read_to_the_end(connection)) == [408]


def test_a_drip(impatient: Client) -> None:
    """Bytes that arrive one after the other buy no time: the head as a whole has to come."""
    sent, received = 0, b""
    with connect(impatient.url) as connection:
        connection.settimeout(0.02)
        for byte in head(impatient):
            connection.sendall(bytes([byte]))
            sent += 1
            with contextlib.suppress(TimeoutError):
                received = read_to_the_end(connection)
                break

    assert statuses(received) == [408]
    assert sent < 100


def test_a_drip_of_blank_lines(impatient: Client) -> None:
    """Nor do the blank lines that may stand before a request (RFC 9112 section 2.2)."""
    sent, received = 0, b"not closed"
    with connect(impatient.url) as connection:
        connection.settimeout(0.02)
        for _ in range(200):
            sent += connection.send(b"\r\n")
            with contextlib.suppress(TimeoutError):
                received = read_to_the_end(connection)
                break

    assert (received, sent < 100) == (b"", True)


def test_a_body_that_stays_away_from_an_answered_request(impatient: Client) -> None:
    """Who is not authenticated is answered at once, and cannot hold the connection either."""
    request = head(Client(impatient.url, "x"), "Content-Length: 100")
    with connect(impatient.url) as connection:
        connection.sendall(request + b"{")

        assert statuses(read_to_the_end(connection)) == [401]


def test_a_second_request_that_does_not_come(impatient: Client) -> None:
    """The second request of a connection has to come as the first had to."""
    with connect(impatient.url) as connection:
        connection.sendall(post(impatient))
        first = read_response(connection)
        connection.sendall(post(impatient)[:20])

        assert (statuses(first), statuses(read_to_the_end(connection))) == ([200], [408])


def test_a_second_request_after_blank_lines(client: Client) -> None:
    """Blank lines between requests are nothing (RFC 9112 section 2.2)."""
    with connect(client.url) as connection:
        connection.sendall(post(client))
        first = read_response(connection)
        connection.sendall(b"\r\n" + post(client))

        assert [statuses(first), statuses(read_response(connection))] == [[200], [200]]


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_a_body_without_end(impatient: Client, *, chunked: bool) -> None:
    """A body that goes on after its 413 is read for a while and then cut off."""
    line = "Transfer-Encoding: chunked" if chunked else "Content-Length: 100000000"
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n" if chunked else b" " * 65_536
    with connect(impatient.url) as connection:
        connection.sendall(head(impatient, line))
        sent = 0
        with contextlib.suppress(OSError):
            while sent < 1_000:
                connection.sendall(chunk)
                sent += 1

    assert sent < 1_000


def test_trailers_without_end(impatient: Client) -> None:
    """Trailer fields are counted as the body that they belong to."""
    with connect(impatient.url) as connection:
        connection.sendall(head(impatient, "Transfer-Encoding: chunked") + b"0\r\nX: ")
        sent = 0
        with contextlib.suppress(OSError):
            while sent < 1_000:
                connection.sendall(b"x" * 65_536)
                sent += 1

    assert sent < 1_000


def test_trailers(client: Client) -> None:
    """A trailer field is no header: it neither adds a customer nor takes one away."""
    body = b"%x\r\n%s\r\n0\r\nCustomer-Id: 1\r\nAuthorization: x\r\n\r\n" % (len(BODY), BODY)
    with connect(client.url) as connection:
        connection.sendall(head(client, "Transfer-Encoding: chunked") + body)

        assert statuses(read_response(connection)) == [200]


def test_a_connection_that_is_not_used_again(sandbox: Sandbox) -> None:
    """After a response it is kept for as long as uvicorn keeps it, and then closed."""

    class Forgetful(HTTPConnection):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.timeout_keep_alive = 0  # of uvicorn: five seconds

    settings = settings_for(sandbox.url)
    with running_app(build_app(settings), settings, Forgetful) as url, connect(url) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: gateway\r\n\r\n")

        assert statuses(read_to_the_end(connection)) == [200]


class Later(Turns):
    """Turns that come when a test says so."""

    def __init__(self) -> None:
        super().__init__(48)
        self.arrived = threading.Event()

    def take(self, under_way: Sized, begin: Callable[[], object]) -> None:  # noqa: ARG002
        """Keep the one request that comes."""
        self.begin = begin
        self.arrived.set()


def test_a_process_that_stops_before_the_turn_of_a_request(sandbox: Sandbox) -> None:
    """What has arrived by then is answered, and the connection closed."""
    turns = Later()

    class Stopped(HTTPConnection):
        def __init__(self, _: Turns, writes: Writes, **options: Any) -> None:
            super().__init__(turns, writes, **options)

        def shutdown(self) -> None:
            super().shutdown()
            self.loop.call_soon(turns.begin)

    settings = settings_for(sandbox.url)
    with contextlib.ExitStack() as stack:
        with running_app(build_app(settings), settings, Stopped) as url:
            connection = stack.enter_context(connect(url))
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: gateway\r\n\r\n")
            assert turns.arrived.wait(10)
        received = read_to_the_end(connection)

    assert statuses(received) == [200]
    assert b"connection: close" in received


def test_a_request_behind_an_unanswered_one_while_others_wait(sandbox: Sandbox) -> None:
    """It waits for no turn, until when the first may be answered: it is refused as always."""
    turns, hold, held = Later(), threading.Event(), threading.Event()

    class Behind(HTTPConnection):
        def __init__(self, _: Turns, writes: Writes, **options: Any) -> None:
            super().__init__(turns, writes, **options)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if b"/second" in data:
                hold.set()
            else:
                turns.begin()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self.loop.call_soon(turns.begin)

    async def first(_: Request) -> Response:
        held.set()
        await asyncio.to_thread(hold.wait, 10)
        return Response(b"first")

    app = Starlette(routes=[Route("/first", first), Route("/second", lambda _: Response(b"no"))])
    settings = settings_for(sandbox.url)
    with running_app(app, settings, Behind) as url, connect(url) as connection:
        connection.sendall(b"GET /first HTTP/1.1\r\nHost: gateway\r\n\r\n")
        assert held.wait(10)
        connection.sendall(b"GET /second HTTP/1.1\r\nHost: gateway\r\n\r\n")
        received = read_to_the_end(connection)

    assert statuses(received) == [200]
    assert received.endswith(b"first")


def test_a_client_that_sends_no_more_while_others_wait(sandbox: Sandbox) -> None:
    """The response that was written just before is sent."""
    others, release = threading.Barrier(4), threading.Event()

    class Ending(HTTPConnection):
        def on_response_complete(self) -> None:
            super().on_response_complete()
            if not release.is_set():  # as the event loop does when the client's side ends
                self.eof_received()
                self.transport.abort()

    async def other(_: Request) -> Response:
        await asyncio.to_thread(others.wait, 10)
        await asyncio.to_thread(release.wait, 10)
        return Response(b"other")

    app = Starlette(routes=[Route("/other", other), Route("/", lambda _: Response(b"response"))])
    with running_app(app, settings_for(sandbox.url), Ending) as url, contextlib.ExitStack() as all_:
        for _ in range(3):
            waiting = all_.enter_context(connect(url))
            waiting.sendall(b"GET /other HTTP/1.1\r\nHost: gateway\r\n\r\n")
        others.wait(10)
        connection = all_.enter_context(connect(url))
        connection.sendall(b"GET / HTTP/1.1\r\nHost: gateway\r\n\r\n")
        received = read_to_the_end(connection)
        release.set()

    assert received.endswith(b"\r\n\r\nresponse")


@pytest.mark.parametrize("size", [1_000, 60_000])
def test_a_request_that_comes_in_parts_before_its_turn(
    sandbox: Sandbox, issue_token: IssueToken, size: int
) -> None:
    """All of it is kept, and nothing is closed for silence meanwhile."""
    turns = Later()
    come = threading.Event()

    class Waiting(Impatient):
        def __init__(self, _: Turns, writes: Writes, **options: Any) -> None:
            super().__init__(turns, writes, **options)
            self.come = 0

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self.come += len(data)
            if self.come >= 1_000:
                self.loop.call_later(2 * self.limits.silence, turns.begin)
                come.set()

    settings = settings_for(sandbox.url)
    with running_app(build_app(settings), settings, Waiting) as url, connect(url) as connection:
        request = post(Client(url, issue_token()), BODY.ljust(size))
        connection.sendall(request[:50])
        assert turns.arrived.wait(10)
        connection.sendall(request[50:])
        assert come.wait(10)

        assert statuses(read_response(connection)) == [200]


def test_many_connections_at_once(sandbox: Sandbox) -> None:
    """Several are accepted in each turn of the event loop, also while there is much to do."""
    held, release = threading.Event(), threading.Event()
    turn, turns = 0, []

    class Counted(HTTPConnection):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            turns.append(turn)

    async def hold(_: Request) -> Response:
        def count() -> None:
            nonlocal turn
            turn += 1
            asyncio.get_running_loop().call_soon(count)

        held.set()
        release.wait(10)  # nothing else happens meanwhile: the loop is held
        count()
        return Response()

    app = Starlette(routes=[Route("/", hold)])
    with running_app(app, settings_for(sandbox.url), Counted) as url, connect(url) as first:
        first.sendall(b"GET / HTTP/1.1\r\nHost: gateway\r\n\r\n")
        held.wait(10)
        others = [connect(url) for _ in range(64)]
        release.set()
        read_response(first)
        for other in others:
            with other:
                other.sendall(b"GET /nowhere HTTP/1.1\r\nHost: gateway\r\n\r\n")
                read_response(other)

    assert turns[-1] - turns[1] < 16


def test_a_client_that_leaves(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """Who leaves in the middle of a body leaves no error behind, and nothing is executed."""
    with connect(client.url) as connection:
        connection.sendall(post(client)[:-1])

    assert client.post("{__typename}").status_code == 200
    assert [record for record in caplog.records if record.name.startswith("uvicorn")] == []


@contextlib.contextmanager
def large_responses(sandbox: Sandbox, size: int) -> Iterator[tuple[socket.socket, threading.Event]]:
    """An impatient connection whose responses are that large, and what tells when it is lost."""
    lost = threading.Event()

    class Telling(Impatient):
        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            lost.set()

    app = Starlette(routes=[Route("/", lambda _: Response(b"x" * size))])
    with running_app(app, settings_for(sandbox.url), Telling) as url, connect(url) as connection:
        yield connection, lost


def test_a_client_that_does_not_read(sandbox: Sandbox) -> None:
    """Who does not read the response to a last request is cut off all the same."""
    with large_responses(sandbox, 30_000_000) as (connection, lost):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n")

        assert lost.wait(10)


def test_a_client_that_asks_on_and_on_and_does_not_read(sandbox: Sandbox) -> None:
    """It is cut off: neither its connection nor its request stays for ever."""
    with large_responses(sandbox, 1_000_000) as (connection, lost):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        with contextlib.suppress(OSError):
            while not lost.is_set():
                connection.sendall(b"GET / HTTP/1.1\r\nHost: gateway\r\n\r\n")
                lost.wait(0.02)

    assert lost.is_set()


def test_a_client_that_reads_slowly(sandbox: Sandbox) -> None:
    """It has all the time that it needs, as long as it reads at all."""
    received = 0
    with large_responses(sandbox, 3_000_000) as (connection, _):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: gateway\r\n\r\n")
        began = time.monotonic()
        while received < 3_000_000 and (chunk := connection.recv(100_000)):
            received += len(chunk)
            threading.Event().wait(0.02)

    assert received > 3_000_000
    assert time.monotonic() - began > Impatient.limits.farewell


@pytest.mark.parametrize("size", [24_576, 24_577, 40_000, 300_000])
@pytest.mark.parametrize("fields", [1, 1_000], ids=["one field", "many fields"])
@pytest.mark.parametrize("step", [1_000_000, 5_000], ids=["at once", "in parts"])
def test_the_size_of_a_head(client: Client, size: int, fields: int, step: int) -> None:
    """24 KiB of request line and headers pass, a byte more is a 431."""
    room = size - len(head(client)) - fields * len("X0000: \r\n") - len("Content-Length: 25\r\n")
    lines = [f"X{i:04}: {'x' * (room // fields)}" for i in range(fields)]
    lines[0] += "x" * (room % fields)
    head_of_size = head(client, "Content-Length: 25", *lines)
    assert len(head_of_size) == size
    request = head_of_size + BODY
    with connect(client.url) as connection:
        with contextlib.suppress(OSError):  # it may be refused before it is sent
            for start in range(0, len(request), step):
                connection.sendall(request[start : start + step])
        if size <= 24_576:
            assert statuses(read_response(connection)) == [200]
        else:
            assert statuses(read_to_the_end(connection)) in ([431], [])


def test_what_is_said_of_a_large_head(client: Client) -> None:
    """A client that stops to listen hears 431, why, and nothing that may be kept."""
    with connect(client.url) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 24_576)
        received = read_to_the_end(connection)

    top, _, sentence = received.partition(b"\r\n\r\n")
    lines = {line.partition(b":")[0] for line in top.lower().split(b"\r\n")[1:]}
    assert statuses(received) == [431]
    assert sentence == b"Expected a request line and headers of less than 24 KiB together.\n"
    assert lines == {
        b"date", b"content-length", b"content-type", b"connection", b"cache-control",
        b"x-content-type-options",
    }  # fmt: skip


def test_a_long_url(client: Client) -> None:
    """The URL is part of the head."""
    with connect(client.url) as connection:
        connection.sendall(b"GET /" + b"x" * 24_576)

        assert statuses(read_to_the_end(connection)) == [431]


@pytest.mark.parametrize("protocol", ["h2c", "websocket", "TLS/1.0"])
@pytest.mark.parametrize("parts", [1, 3])
def test_an_upgrade(client: Client, protocol: str, parts: int) -> None:
    """No other protocol is spoken; the request is answered as if it had not been asked for."""
    request = (
        head(client, "Connection: Upgrade", f"Upgrade: {protocol}", "Content-Length: 25") + BODY
    )
    with connect(client.url) as connection:
        for start in range(0, len(request), len(request) // parts + 1):
            connection.sendall(request[start : start + len(request) // parts + 1])
        received = read_to_the_end(connection)

    assert statuses(received) == [200]
    assert received.endswith(b'{"data":{"__typename":"Query"}}')


def test_a_websocket(client: Client) -> None:
    """A WebSocket's opening handshake is a GET, and here one without a document."""
    lines = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")  # fmt: skip
    with connect(client.url) as connection:
        connection.sendall(head(client, *lines, request_line="GET /graphql HTTP/1.1"))

        assert statuses(read_to_the_end(connection)) == [422]


def test_what_is_expected_to_continue(client: Client) -> None:
    """A client that asks first may go on, or hears at once that its body is too large."""
    with connect(client.url) as connection:
        connection.sendall(head(client, "Expect: 100-continue", "Content-Length: 25"))
        interim = connection.recv(65_536)
        connection.sendall(BODY)
        final = read_response(connection)
    with connect(client.url) as connection:
        connection.sendall(head(client, "Expect: 100-continue", "Content-Length: 65537"))
        refusal = read_response(connection)

    assert (interim, statuses(final), statuses(refusal)) == (
        b"HTTP/1.1 100 Continue\r\n\r\n",
        [200],
        [413],
    )


def test_500_slow_connections(client: Client) -> None:
    """They delay a normal call by less than 50 ms: the best of ten calls, with and without them."""

    def best_call() -> float:
        durations = []
        for _ in range(10):
            started = time.perf_counter()
            assert client.post("{__typename}").status_code == 200
            durations.append(time.perf_counter() - started)
        return min(durations)

    undisturbed = best_call()
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(client.url)) for _ in range(500)]
        for number, connection in enumerate(slow):
            connection.sendall(post(client)[: (0, 100, -5)[number % 3]])
        disturbed = best_call()
        for connection in slow[1::3]:
            connection.sendall(b"X")  # they are all still there
        assert best_call() < undisturbed + 0.05

    assert disturbed < undisturbed + 0.05
