"""One attempt over a real socket: never sent, sent and not answered, or answered."""

import asyncio
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from contact_gateway.upstream import Transport
from contact_gateway.upstream.problems import (
    ConnectError,
    DeadlineError,
    NotAnsweredError,
    NotSentError,
    UpstreamError,
)
from tests.scripted_upstream import DROP, HANG, RESET, Answer, ScriptedUpstream, reply
from tests.upstream.stack import run


def request(url: str, method: str = "PATCH", *, seconds: float = 5) -> httpx.Request:
    """A request that has so many seconds; with a body if it is a write."""
    content = b"{}" if method == "PATCH" else b""
    extensions = {"deadline": time.monotonic() + seconds}
    return httpx.Request(method, f"{url}/v1", content=content, extensions=extensions)


async def send(
    url: str, method: str = "PATCH", *, seconds: float = 5, attempt_timeout: float = 5
) -> httpx.Response | UpstreamError:
    """Send one request on a new pool; its answer or error."""
    async with Transport(attempt_timeout) as transport:
        try:
            return await transport.handle_async_request(request(url, method, seconds=seconds))
        except UpstreamError as error:
            return error


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

    assert isinstance(outcome, httpx.Response)


@pytest.mark.parametrize("method", ["PATCH", "GET"])
def test_connection_refused(refusing_url: str, method: str) -> None:
    """Nothing was sent."""
    assert isinstance(run(send(refusing_url, method)), ConnectError)


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
    outcome = run(send(scripted.url, seconds=seconds))

    assert isinstance(outcome, DeadlineError)
    assert scripted.received == []


def test_closed_pool(scripted: ScriptedUpstream) -> None:
    """While the gateway shuts down, nothing is sent."""

    async def too_late() -> None:
        async with Transport() as transport:
            pass
        await transport.handle_async_request(request(scripted.url))

    with pytest.raises(NotSentError):
        run(too_late())


@pytest.mark.parametrize("header", ["\r\nX-More: 1", "\n", "\x00"])
def test_header_that_cannot_be_sent(scripted: ScriptedUpstream, header: str) -> None:
    """What would smuggle a header is refused before anything is sent, and not tried again."""

    async def smuggle() -> UpstreamError | None:
        async with Transport() as transport:
            smuggling = request(scripted.url)
            smuggling.headers["X-Request-Id"] = header
            try:
                await transport.handle_async_request(smuggling)
            except UpstreamError as error:
                return error
        return None

    assert type(run(smuggle())) is NotSentError
    assert scripted.received == []


@pytest.mark.parametrize("method", ["PATCH", "GET"])
@pytest.mark.parametrize("answer", [DROP, RESET, HANG, Answer(b"nonsense\r\n\r\n")])
def test_no_answer(scripted: ScriptedUpstream, method: str, answer: Answer) -> None:
    """It was sent, and sent once: a read is not repeated behind our back."""
    scripted.answers(answer)

    outcome = run(send(scripted.url, method, attempt_timeout=0.8))

    assert isinstance(outcome, NotAnsweredError)
    assert len(scripted.received) == 1


def test_kept_connection(scripted: ScriptedUpstream) -> None:
    """A read on a connection that the upstream resets is not repeated behind our back either."""
    scripted.answers(reply(204), RESET, reply(204))

    async def twice() -> None:
        async with Transport() as transport:
            await transport.handle_async_request(request(scripted.url, "GET"))
            await transport.handle_async_request(request(scripted.url, "GET"))

    with pytest.raises(NotAnsweredError):
        run(twice())
    assert len(scripted.received) == 2


def test_environment_proxy(scripted: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment is not asked."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    outcome = run(send(scripted.url))

    assert isinstance(outcome, httpx.Response)


def test_request_as_it_is_sent(scripted: ScriptedUpstream) -> None:
    """It arrives as it is, and no header is added that names a library."""
    run(send(scripted.url))

    (received,) = scripted.received
    names = {name.lower() for name, _ in received.headers}
    assert (received.method, received.target, received.body) == ("PATCH", "/v1", b"{}")
    assert names <= {"host", "content-length", "accept", "accept-encoding"}


def test_cookies(scripted: ScriptedUpstream) -> None:
    """A cookie is never sent back: it could be another customer's."""
    scripted.answers(reply(204, Set_Cookie="session=1"))

    async def twice() -> None:
        async with Transport() as transport:
            await transport.handle_async_request(request(scripted.url))
            await transport.handle_async_request(request(scripted.url))

    run(twice())

    assert [each.header("Cookie") for each in scripted.received] == [(), ()]


def test_calls_at_a_time(scripted: ScriptedUpstream) -> None:
    """Two calls wait for nobody but the upstream; they do not share a connection."""

    async def at_a_time() -> list[int]:
        async with Transport() as transport:
            calls = (transport.handle_async_request(request(scripted.url)) for _ in range(2))
            return [answer.status_code for answer in await asyncio.gather(*calls)]

    assert run(at_a_time()) == [204, 204]
