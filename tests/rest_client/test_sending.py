"""A call becomes a complete request for any httpx transport, and what it raises our own error."""

import asyncio
import gzip
import time
import zlib
from collections.abc import Callable, Iterator

import httpx
import pytest

from contact_gateway.rest_client import Answer, Call
from contact_gateway.rest_client.call import INCOMPLETE, TARGET, TERMS, Incomplete, Terms
from contact_gateway.rest_client.other_transports import OtherTransport
from contact_gateway.rest_client.problems import (
    ConnectError,
    DeadlineError,
    NotAnsweredError,
    NotSentError,
    UpstreamError,
)
from contact_gateway.rest_client.sending import Sender
from tests.rest_client.stack import call, run
from tests.scripted_upstream import ScriptedUpstream

BASE_URL = "http://upstream.example:8080/api"
HEADERS = [
    (b"Host", b"upstream.example:8080"),
    (b"Accept-Encoding", b"identity"),
    (b"Authorization", b"Bearer token"),
    (b"Customer-Id", b"5690"),
    (b"Accept", b"application/json, application/problem+json"),
    (b"traceparent", b"00-1-1-00"),
    (b"X-Request-Id", b"request"),
]
OF_CONTENT = [(b"Content-Type", b"application/json"), (b"Content-Length", b"2")]

Handler = Callable[[httpx.Request], httpx.Response]


def send(
    handler: Handler, sent: Call, *, base_url: str = BASE_URL, attempt_timeout: float = 5
) -> Answer | UpstreamError:
    """Send a call over httpx's own transport for tests; the answer or the error."""
    try:
        return run(Sender(httpx.MockTransport(handler), base_url, attempt_timeout).send(sent))
    except UpstreamError as error:
        return error


def request_of(
    sent: Call, *, base_url: str = BASE_URL, attempt_timeout: float = 5
) -> httpx.Request:
    """The request that a transport gets for a call."""
    requests: list[httpx.Request] = []

    def receive(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(204)

    send(receive, sent, base_url=base_url, attempt_timeout=attempt_timeout)
    (request,) = requests
    return request


def url_of(request: httpx.Request) -> str:
    """Where a request goes: the target that is sent stands for the path of its URL."""
    return str(request.url.copy_with(raw_path=request.extensions[TARGET]))


def raising(error: Exception) -> Handler:
    """Raise that for every request."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    return fail


def test_write() -> None:
    """Its request has the URL, every header with Host and Content-Length, and the content."""
    request = request_of(call("PATCH"))

    assert (request.method, url_of(request), request.headers.raw, request.content) == (
        "PATCH",
        "http://upstream.example:8080/api/v1",
        HEADERS + OF_CONTENT,
        b"{}",
    )


def test_read() -> None:
    """Its request has no content, and no header that speaks of any."""
    request = request_of(call("GET"))

    assert (request.method, url_of(request), request.headers.raw, request.content) == (
        "GET",
        "http://upstream.example:8080/api/v1",
        HEADERS,
        b"",
    )


@pytest.mark.parametrize(
    ("method", "headers"), [("POST", [(b"Content-Length", b"0")]), ("GET", [])]
)
def test_no_content(method: str, headers: list[tuple[bytes, bytes]]) -> None:
    """A method that usually has content says that there is none (RFC 9110 section 8.6)."""
    sent = call(method)

    assert (sent.content, request_of(sent).headers.raw) == (b"", HEADERS + headers)


@pytest.mark.parametrize(
    "target",
    ["/v1/contactGroups?id=1&id=2&sortBy=name", "/v1?name=a+b%2B%26%3D%27%C3%A9%2F%25", "/v1/%2F"],
)
def test_target(target: str) -> None:
    """It goes behind the path of the base URL, as it is."""
    request = request_of(call("GET", target=target))

    assert request.extensions[TARGET] == f"/api{target}".encode()


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("http://upstream.example", b"upstream.example"),
        ("https://upstream.example:443", b"upstream.example"),
        ("https://upstream.example:80", b"upstream.example:80"),
        ("http://[::1]:8080", b"[::1]:8080"),
        ("https://\u00fcber.example", b"xn--ber-goa.example"),
    ],
)
def test_host(base_url: str, host: bytes) -> None:
    """The header names the host as a URL does, and the port unless it is the usual one."""
    assert request_of(call(), base_url=base_url).headers.raw[0] == (b"Host", host)


@pytest.mark.parametrize(
    ("attempt_timeout", "left", "expected"), [(2, 1000, 2), (1000, 3, 3)], ids=["attempt", "call"]
)
def test_terms(attempt_timeout: float, left: float, expected: float) -> None:
    """The customer is the call's; the deadline that of attempt or call, whichever is sooner."""
    before = time.monotonic()

    request = request_of(call(deadline=before + left), attempt_timeout=attempt_timeout)

    deadline, customer = Terms.of(request)
    assert before + expected <= deadline + 1e-6
    assert deadline <= time.monotonic() + expected
    assert customer == 5690


def test_timeouts_of_httpx() -> None:
    """Each of httpx's own is there too, and as long as the attempt may take."""
    extensions = request_of(call(), attempt_timeout=2).extensions

    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), 2)
    assert extensions == {"timeout": timeouts, TERMS: extensions[TERMS], TARGET: b"/api/v1"}


@pytest.mark.parametrize("seconds", [0, -1])
def test_deadline_that_is_over(seconds: float) -> None:
    """Nothing is begun."""
    outcome = send(raising(AssertionError()), call(deadline=time.monotonic() + seconds))

    assert isinstance(outcome, DeadlineError)


def kinds_of(kind: type[httpx.TransportError]) -> Iterator[type[httpx.TransportError]]:
    """A kind of exception and all kinds under it that httpx has."""
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == "httpx":
            yield from kinds_of(child)


ERRORS: dict[type[httpx.TransportError], type[UpstreamError]] = {
    httpx.ConnectError: ConnectError,
    httpx.ConnectTimeout: ConnectError,
    httpx.PoolTimeout: ConnectError,
    httpx.UnsupportedProtocol: NotSentError,
    httpx.TransportError: NotAnsweredError,
    httpx.TimeoutException: NotAnsweredError,
    httpx.ReadTimeout: NotAnsweredError,
    httpx.WriteTimeout: NotAnsweredError,
    httpx.NetworkError: NotAnsweredError,
    httpx.ReadError: NotAnsweredError,
    httpx.WriteError: NotAnsweredError,
    httpx.CloseError: NotAnsweredError,
    httpx.ProxyError: NotAnsweredError,
    httpx.ProtocolError: NotAnsweredError,
    httpx.LocalProtocolError: NotAnsweredError,
    httpx.RemoteProtocolError: NotAnsweredError,
}


def test_kinds_of_exceptions() -> None:
    """The table above has all that httpx has."""
    assert set(kinds_of(httpx.TransportError)) == {*ERRORS}


@pytest.mark.parametrize(("kind", "expected"), ERRORS.items())
def test_exception(kind: type[httpx.TransportError], expected: type[UpstreamError]) -> None:
    """Only where nothing can have been sent is that said; the reason is the transport's."""
    outcome = send(raising(kind("why")), call())

    assert (type(outcome), str(outcome)) == (expected, "why")


def test_fault_of_a_transport() -> None:
    """What is no failure of a request is not taken for one."""
    with pytest.raises(ZeroDivisionError):
        send(raising(ZeroDivisionError()), call())


def test_answer() -> None:
    """Status, headers and content are those of the response, whatever the status."""
    response = httpx.Response(418, headers={"X-A": "1"}, content=b"{}")

    assert send(lambda _: response, call()) == Answer(418, response.headers, b"{}", None)


@pytest.mark.parametrize("incomplete", Incomplete)
def test_incomplete_answer(incomplete: Incomplete) -> None:
    """The reason that the transport gives is kept."""
    response = httpx.Response(200, extensions={INCOMPLETE: incomplete})

    assert send(lambda _: response, call()) == Answer(200, httpx.Headers(), b"", incomplete)


@pytest.mark.parametrize(
    ("encoding", "content", "expected"),
    [
        ("gzip", b"{}", (b"", Incomplete.ENCODED)),
        ("GZIP", b"{}", (b"", Incomplete.ENCODED)),
        ("identity, br", b"{}", (b"", Incomplete.ENCODED)),
        ("br", b"{}", (b"", Incomplete.ENCODED)),
        ("gzip", gzip.compress(b"{}", mtime=0), (b"{}", None)),
        ("x-gzip", gzip.compress(b"{}", mtime=0), (b"{}", None)),
        (" GZip ", gzip.compress(b"{}", mtime=0), (b"{}", None)),
        ("deflate", zlib.compress(b"{}"), (b"{}", None)),
        ("deflate", zlib.compress(b"{}", wbits=-15), (b"{}", None)),
        ("gzip", gzip.compress(b"{}", mtime=0)[:-9], (b"", Incomplete.CUT_OFF)),
        ("gzip", gzip.compress(bytes(2**20), mtime=0), (bytes(2**20), None)),
        ("gzip", gzip.compress(bytes(2**20 + 1), mtime=0), (b"", Incomplete.OVERSIZED)),
        ("identity", b"{}", (b"{}", None)),
        ("Identity", b"{}", (b"{}", None)),
        ("gzip", b"", (b"", None)),
    ],
)
def test_encoded_answer(
    encoding: str, content: bytes, expected: tuple[bytes, Incomplete | None]
) -> None:
    """Although nobody has asked for it, gzip and deflate are undone, up to 1 MiB; no other is."""
    response = httpx.Response(200, headers={"Content-Encoding": encoding})
    response.stream = httpx.ByteStream(content)  # httpx would unpack it at once otherwise

    outcome = send(lambda _: response, call())

    assert isinstance(outcome, Answer)
    assert (outcome.content, outcome.incomplete) == expected


def test_repr() -> None:
    """A call can be printed: neither its token nor its content is shown."""
    printed = repr(call()._replace(token="canary", content=b"canary"))

    assert printed == "Call(PATCH for customer 5690)"


def test_stock_transport(scripted: ScriptedUpstream) -> None:
    """Over a transport that adds nothing, what comes in is whole, and no more than was made."""

    async def stock() -> Answer:
        async with OtherTransport(httpx.AsyncHTTPTransport()) as transport:
            sender = Sender(transport, f"{scripted.url}/api", 5)
            return await sender.send(call(target="/v1/contactGroups/1?a=b"))

    answer = asyncio.run(stock())

    (received,) = scripted.received
    assert answer.status == 204
    assert (received.method, received.target, received.body) == (
        "PATCH",
        "/api/v1/contactGroups/1?a=b",
        b"{}",
    )
    host = ("Host", scripted.url.removeprefix("http://"))
    others = [(name.decode(), value.decode()) for name, value in HEADERS[1:] + OF_CONTENT]
    assert received.headers == (host, *others)
