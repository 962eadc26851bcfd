"""httpx's own transport in the place of ours, over real sockets: what is kept all the same."""

import gzip
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from contact_gateway.observation import RequestRecord
from contact_gateway.rest_client import Answer as Received
from contact_gateway.rest_client import AnswerReader, Call
from contact_gateway.rest_client.call import Incomplete
from contact_gateway.rest_client.other_transports import OtherTransport
from contact_gateway.rest_client.problems import (
    ConnectError,
    NotAnsweredError,
    Problem,
    RejectedError,
    UpstreamError,
)
from contact_gateway.rest_client.sending import Sender
from tests.rest_client.stack import call, run
from tests.scripted_upstream import DROP, HANG, RESET, Answer, ScriptedUpstream, reply

MIB = 1_048_576
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


async def send(
    url: str,
    sent: Call | None = None,
    *,
    attempt_timeout: float = 5,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Received | UpstreamError:
    """Send one call, a write if it is not told, over httpx's transport; its answer or error."""
    async with OtherTransport(transport or httpx.AsyncHTTPTransport()) as other:
        try:
            return await Sender(other, url, attempt_timeout).send(sent or call())
        except UpstreamError as error:
            return error


@pytest.fixture
def refusing_url() -> Iterator[str]:
    """The URL of a port where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def test_success(scripted: ScriptedUpstream) -> None:
    """Status, headers and content come through."""
    scripted.answers(reply(200, "{}", Content_Type="application/json"))

    outcome = run(send(scripted.url, call("GET")))

    headers = httpx.Headers({"Content-Type": "application/json", "Content-Length": "2"})
    assert outcome == Received(200, headers, b"{}", None)


def test_success_without_content(scripted: ScriptedUpstream) -> None:
    """A write that is answered with 204 is answered whole."""
    assert run(send(scripted.url)) == Received(204, httpx.Headers(), b"", None)


def test_problem(scripted: ScriptedUpstream) -> None:
    """It can be read."""
    scripted.answers(reply(409, '{"title": "No", "detail": "Not today"}'))

    outcome = run(send(scripted.url))

    assert isinstance(outcome, Received)
    failure = AnswerReader(exposed=False).failure(outcome, RequestRecord())
    assert (type(failure), failure.problem) == (
        RejectedError,
        Problem(409, title="No", detail="Not today"),
    )


@pytest.mark.parametrize("by", ["attempt", "call"])
@pytest.mark.parametrize(
    "answer",
    [
        HANG,
        Answer(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 3000, pause=0.01),
    ],
    ids=["hang", "drip of the head"],
)
def test_deadline(scripted: ScriptedUpstream, answer: Answer, by: str) -> None:
    """It ends the call however the upstream keeps it going: httpx's own begin anew at each byte.

    Nobody knows what has become of the call. A drip would take 30 seconds.
    """
    scripted.answers(answer)
    transport = httpx.AsyncHTTPTransport()  # takes a moment: it reads certificates
    began = time.monotonic()
    sent = call(deadline=began + (1 if by == "call" else 60))
    attempt_timeout = 1 if by == "attempt" else 60

    outcome = run(send(scripted.url, sent, attempt_timeout=attempt_timeout, transport=transport))

    assert type(outcome) is NotAnsweredError
    assert 0.99 < time.monotonic() - began < 10  # a timer may be early by a millisecond
    scripted.wait_for(1)
    assert len(scripted.received) == 1


@pytest.mark.parametrize(
    "answer",
    [Answer(HEAD % 2), Answer(HEAD % 3000 + b"x" * 3000, pause=0.002)],
    ids=["hang", "drip"],
)
def test_deadline_of_the_body(scripted: ScriptedUpstream, answer: Answer) -> None:
    """A status that has come counts, although its content is late."""
    scripted.answers(answer)
    began = time.monotonic()

    outcome = run(send(scripted.url, call(deadline=began + 60), attempt_timeout=0.5))

    assert isinstance(outcome, Received)
    assert (outcome.status, outcome.content, outcome.incomplete) == (200, b"", Incomplete.LATE)
    assert 0.49 < time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (MIB, (MIB, None)),
        (MIB + 1, (0, Incomplete.OVERSIZED)),
        (2 * MIB, (0, Incomplete.OVERSIZED)),
    ],
)
def test_size(
    scripted: ScriptedUpstream, size: int, expected: tuple[int, Incomplete | None]
) -> None:
    """At most 1 MiB of content is kept; of more there is only the status."""
    scripted.answers(reply(200, b"x" * size))

    outcome = run(send(scripted.url, call("GET")))

    assert isinstance(outcome, Received)
    assert (outcome.status, len(outcome.content), outcome.incomplete) == (200, *expected)


def test_content_without_end(scripted: ScriptedUpstream) -> None:
    """It is read no further than that."""
    scripted.answers(Answer(HEAD % (1024 * MIB), endless=b"x" * 65_536))

    outcome = run(send(scripted.url, call("GET")))

    assert isinstance(outcome, Received)
    assert (outcome.status, outcome.content, outcome.incomplete) == (200, b"", Incomplete.OVERSIZED)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(HEAD % 9 + b"{}", then="close"),
        Answer(CHUNKED + b"2\r\n{}\r\n", then="close"),
        Answer(CHUNKED + b"2\r\n{}\r\nx\r\n"),
    ],
    ids=["length", "chunks", "broken chunks"],
)
def test_body_that_is_cut_off(scripted: ScriptedUpstream, answer: Answer) -> None:
    """Its status counts all the same."""
    scripted.answers(answer)

    outcome = run(send(scripted.url))

    assert isinstance(outcome, Received)
    assert (outcome.status, outcome.content, outcome.incomplete) == (200, b"", Incomplete.CUT_OFF)


def test_compressed_content(scripted: ScriptedUpstream) -> None:
    """It is unpacked if it is gzip, although nobody has asked for it."""
    scripted.answers(reply(200, gzip.compress(b"{}"), Content_Encoding="gzip"))

    outcome = run(send(scripted.url, call("GET")))

    assert isinstance(outcome, Received)
    assert (outcome.status, outcome.content, outcome.incomplete) == (200, b"{}", None)


def test_connection_refused(refusing_url: str) -> None:
    """Nothing was sent."""
    outcome = run(send(refusing_url))

    assert (type(outcome), str(outcome)) == (ConnectError, "ConnectError")


@pytest.mark.parametrize("answer", [DROP, RESET], ids=["drop", "reset"])
def test_no_answer(scripted: ScriptedUpstream, answer: Answer) -> None:
    """It was sent, and sent once."""
    scripted.answers(answer)

    outcome = run(send(scripted.url))

    assert isinstance(outcome, NotAnsweredError)
    assert len(scripted.received) == 1


def test_words_of_the_upstream(scripted: ScriptedUpstream) -> None:
    """An error does not hand on what came in."""
    scripted.answers(Answer(b"canary\r\n\r\n", then="close"))

    outcome = run(send(scripted.url))

    assert repr(outcome) == "NotAnsweredError('RemoteProtocolError')"


def test_words_of_the_request(scripted: ScriptedUpstream) -> None:
    """Nor what was to be sent: httpx quotes a header that cannot be, such as one with a token."""
    outcome = run(send(scripted.url, call()._replace(token="canary\r\nX-More: 1")))

    assert repr(outcome) == "NotAnsweredError('LocalProtocolError')"
    assert scripted.received == []


def test_unsupported_protocol() -> None:
    """An error keeps its kind: nothing was sent, and it is not tried again."""
    outcome = run(send("canary://localhost"))

    assert repr(outcome) == "NotSentError('UnsupportedProtocol')"


def test_content_in_memory() -> None:
    """A response that was made with its content is one like any other."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=b"{}"))

    outcome = run(send("http://upstream", transport=transport))

    assert isinstance(outcome, Received)
    assert (outcome.status, outcome.content, outcome.incomplete) == (200, b"{}", None)


def test_url_of_a_request() -> None:
    """It is whole, whether a transport knows of httpx's `target` or not."""
    requests: list[httpx.Request] = []

    def receive(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(204)

    target = "/v1/contactGroups?id=1&name=%C3%A9+%2F"
    run(
        send(
            "http://api.example/base",
            call("GET", target=target),
            transport=httpx.MockTransport(receive),
        )
    )

    assert [str(request.url) for request in requests] == [f"http://api.example/base{target}"]
