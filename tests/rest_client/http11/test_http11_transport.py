"""One attempt over a real socket: never sent, sent and not answered, or answered."""

import asyncio
import socket
import time
from collections.abc import Iterator

import pytest

from contact_gateway.rest_client import Answer as Received
from contact_gateway.rest_client import Call, HTTP11Transport
from contact_gateway.rest_client.problems import (
    ConnectError,
    DeadlineError,
    NotAnsweredError,
    NotSentError,
    UpstreamError,
)
from contact_gateway.rest_client.sending import Sender
from tests.rest_client.stack import call, run
from tests.scripted_upstream import DROP, HANG, RESET, Answer, ScriptedUpstream, reply


async def send(
    url: str, sent: Call | None = None, *, attempt_timeout: float = 5
) -> Received | UpstreamError:
    """Send one call, a write if it is not told, on a new pool; its answer or error."""
    async with HTTP11Transport() as transport:
        try:
            return await Sender(transport, url, attempt_timeout).send(sent or call())
        except UpstreamError as error:
            return error


async def send_twice(url: str, method: str = "PATCH") -> None:
    """Send two calls, one after the other, in one pool."""
    async with HTTP11Transport() as transport:
        sender = Sender(transport, url, 5)
        for _ in range(2):
            await sender.send(call(method))


@pytest.fixture
def refusing_url() -> Iterator[str]:
    """The URL of a port where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@pytest.fixture
def deaf_url() -> Iterator[str]:
    """The URL of a port whose queue of connections is full: connecting hangs."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


class HourAhead(asyncio.SelectorEventLoop):
    """An event loop with another clock than `time.monotonic`, as uvloop's on macOS may be."""

    def time(self) -> float:
        """The time of its timers."""
        return super().time() + 3600


def test_event_loop_with_another_clock(scripted: ScriptedUpstream) -> None:
    """A deadline ends no sooner for it."""
    with asyncio.Runner(loop_factory=HourAhead) as runner:
        outcome = runner.run(send(scripted.url))

    assert isinstance(outcome, Received)


@pytest.mark.parametrize("method", ["PATCH", "GET"])
def test_connection_refused(refusing_url: str, method: str) -> None:
    """Nothing was sent."""
    assert isinstance(run(send(refusing_url, call(method))), ConnectError)


def test_connection_that_hangs(deaf_url: str) -> None:
    """Nothing was sent when the time for the attempt is over."""
    assert isinstance(run(send(deaf_url, attempt_timeout=0.2)), ConnectError)


@pytest.mark.parametrize("url", ["http://nowhere.invalid", "https://127.0.0.1:1"])
def test_no_such_server(url: str) -> None:
    """A name that cannot be resolved, or a port without TLS: nothing was sent."""
    assert isinstance(run(send(url)), ConnectError)


def test_server_without_tls(scripted: ScriptedUpstream) -> None:
    """A handshake that fails is no request."""
    url = scripted.url.replace("http", "https")

    assert isinstance(run(send(url, attempt_timeout=0.3)), ConnectError)


@pytest.mark.parametrize("seconds", [0, -1])
def test_deadline_that_is_over(scripted: ScriptedUpstream, seconds: float) -> None:
    """Nothing is begun."""
    outcome = run(send(scripted.url, call(deadline=time.monotonic() + seconds)))

    assert isinstance(outcome, DeadlineError)
    assert scripted.received == []


def test_closed_pool(scripted: ScriptedUpstream) -> None:
    """While the gateway shuts down, nothing is sent."""

    async def too_late() -> None:
        async with HTTP11Transport() as transport:
            pass
        await Sender(transport, scripted.url, 5).send(call())

    with pytest.raises(NotSentError):
        run(too_late())
    assert scripted.received == []


@pytest.mark.parametrize("header", ["\r\nX-More: 1", "\n", "\x00"])
def test_header_that_cannot_be_sent(scripted: ScriptedUpstream, header: str) -> None:
    """What would smuggle a header is refused before anything is sent, and not tried again."""
    outcome = run(send(scripted.url, call()._replace(request_id=header)))

    assert type(outcome) is NotSentError
    assert scripted.received == []


@pytest.mark.parametrize("method", ["PATCH", "GET"])
@pytest.mark.parametrize("answer", [DROP, RESET, HANG, Answer(b"nonsense\r\n\r\n")])
def test_no_answer(scripted: ScriptedUpstream, method: str, answer: Answer) -> None:
    """It was sent, and sent once: a read is not repeated behind our back."""
    scripted.answers(answer)

    outcome = run(send(scripted.url, call(method), attempt_timeout=0.8))

    assert isinstance(outcome, NotAnsweredError)
    assert len(scripted.received) == 1


def test_kept_connection(scripted: ScriptedUpstream) -> None:
    """A read on a connection that the upstream resets is not repeated behind our back either."""
    scripted.answers(reply(204), RESET, reply(204))

    with pytest.raises(NotAnsweredError):
        run(send_twice(scripted.url, "GET"))
    assert len(scripted.received) == 2


def test_environment_proxy(scripted: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment is not asked."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    outcome = run(send(scripted.url))

    assert isinstance(outcome, Received)


def test_request_as_it_is_sent(scripted: ScriptedUpstream) -> None:
    """It arrives as it is, and no header is added that names a library."""
    run(send(scripted.url))

    (received,) = scripted.received
    assert (received.method, received.target, received.body) == ("PATCH", "/v1", b"{}")
    assert sorted(name.lower() for name, _ in received.headers) == [
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "customer-id",
        "host",
        "traceparent",
        "x-request-id",
    ]


def test_cookies(scripted: ScriptedUpstream) -> None:
    """A cookie is never sent back: it could be another customer's."""
    scripted.answers(reply(204, Set_Cookie="session=1"))

    run(send_twice(scripted.url))

    assert [each.header("Cookie") for each in scripted.received] == [(), ()]


def test_calls_at_a_time(scripted: ScriptedUpstream) -> None:
    """Two calls wait for nobody but the upstream; they do not share a connection."""

    async def at_a_time() -> list[int]:
        async with HTTP11Transport() as transport:
            sender = Sender(transport, scripted.url, 5)
            calls = (sender.send(call()) for _ in range(2))
            return [answer.status for answer in await asyncio.gather(*calls)]

    assert run(at_a_time()) == [204, 204]
