"""An upstream that breaks the rules of HTTP, as a frontend sees it."""

import gzip
import time
from collections.abc import Iterator
from typing import Any

import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.members import unavailable
from tests.rest_client.group import Group, Write, listing
from tests.rest_client.memory import peak_growth
from tests.rest_client.promptness import PROMPT, measured
from tests.scripted_upstream import DROP, HANG, RESET, Answer, ScriptedUpstream, reply
from tests.servers import gateway_before

DEADLINE = 2.5
SUCCESS = ("UpdateContactGroupSuccess", "APPLIED")
UNKNOWN = ("UpstreamUnavailableError", "UNKNOWN")
UNREADABLE = ("UnexpectedProblemError", "NOT_APPLIED")
INVALID = ("InvalidInputError", "NOT_APPLIED")
KB = 1024
PROBLEM = "application/problem+json"
BOMB = gzip.compress(b"[" + b"0," * 16_000_000 + b"0]")
DEEP = b"[" * 100_000


def raw(head: bytes, body: bytes = b"", **how: Any) -> Answer:
    """An answer byte for byte, with LF for the ends of the lines of its head."""
    return Answer(head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body, **how)


HTTP_1_0 = raw(b"HTTP/1.0 422 No\nContent-Type: application/json", b'{"errors": {}}', then="close")
DRIP_OF_HEAD = raw(b"HTTP/1.1 204 No Content\nX-Slow: " + b"x" * 300, pause=0.02)
DRIP_OF_BODY = raw(b"HTTP/1.1 400 No", b"{" * 3000, pause=0.004)  # the head comes in time
TWO_LENGTHS = raw(b"HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 4", b"{}{}")
LENGTH_AND_CHUNKS = raw(
    b"HTTP/1.1 200 OK\nContent-Length: 2\nTransfer-Encoding: chunked", b"0\r\n\r\n"
)
HEADERS = raw(b"HTTP/1.1 204 No" + b"".join(b"\nX-%d: %s" % (n, b"x" * KB) for n in range(300)))
STREAM = b"x" * 64 * KB

CASES: dict[str, tuple[Answer, tuple[str, str | None]]] = {
    "closed": (DROP, UNKNOWN),
    "reset": (RESET, UNKNOWN),
    "hanging": (HANG, UNKNOWN),
    "head that drips": (DRIP_OF_HEAD, UNKNOWN),
    "body that drips": (DRIP_OF_BODY, UNREADABLE),
    "short body": (raw(b"HTTP/1.1 400 No\nContent-Length: 9", b"{}", then="close"), UNREADABLE),
    "short body of a success": (
        raw(b"HTTP/1.1 200 OK\nContent-Length: 9", b"{}", then="close"),
        SUCCESS,
    ),
    "surplus body": (raw(b"HTTP/1.1 200 OK\nContent-Length: 2", b"{}{}{}"), SUCCESS),
    "body where there is none": (raw(b"HTTP/1.1 204 No\nContent-Length: 2", b"{}"), SUCCESS),
    "negative length": (raw(b"HTTP/1.1 200 OK\nContent-Length: -2", b"{}"), UNKNOWN),
    "length that is too long": (raw(b"HTTP/1.1 200 OK\nContent-Length: 3", b"{}"), SUCCESS),
    "two lengths": (TWO_LENGTHS, UNKNOWN),
    "length and chunks": (LENGTH_AND_CHUNKS, UNKNOWN),
    "header of 300 KB": (raw(b"HTTP/1.1 204 No\nX-Long: " + b"x" * 300 * KB), UNKNOWN),
    "headers of 300 KB": (HEADERS, UNKNOWN),
    "header without end": (Answer(b"HTTP/1.1 204 No\r\nX: ", endless=STREAM), UNKNOWN),
    "gzip bomb": (reply(200, BOMB, Content_Encoding="gzip"), SUCCESS),
    "gzip bomb as a problem": (reply(422, BOMB, Content_Encoding="gzip"), INVALID),
    "307": (reply(307, Location="http://127.0.0.1:9/"), UNREADABLE),
    "1xx without end": (Answer(endless=b"HTTP/1.1 102 On\r\n\r\n" * 1000), UNKNOWN),
    "empty lines without end": (Answer(endless=b"\r\n" * 1000), UNKNOWN),
    "HTTP/1.0": (HTTP_1_0, INVALID),
    "HTML": (reply(400, "<html>", Content_Type="text/html"), UNREADABLE),
    "invalid UTF-8": (reply(400, b'{"title": "\xff\xfe"}'), UNREADABLE),
    "NaN": (reply(400, b'{"title": "No", "status": NaN}'), UNREADABLE),
    "deep JSON": (reply(400, DEEP), UNREADABLE),
    "1 GB": (raw(b"HTTP/1.1 200 OK\nContent-Length: 1073741824", endless=STREAM), SUCCESS),
    "1 GB of problem": (raw(b"HTTP/1.1 400 No\nContent-Length: 1073741824", endless=STREAM),
                        UNREADABLE),
    "chunks without end": (
        raw(b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked", endless=b"1\r\nx\r\n" * 1000), SUCCESS),
}  # fmt: skip


SETTINGS = {"upstream_deadline": DEADLINE, "upstream_attempt_timeout": 1.0}


@pytest.fixture(scope="module")
def shared_url(scripted_server: ScriptedUpstream, sandbox_server: Sandbox) -> Iterator[str]:
    """One gateway for the module, which has 2.5 seconds for a request and one for a call."""
    with gateway_before(sandbox_server, upstream_url=scripted_server.url, **SETTINGS) as url:
        yield url


@pytest.fixture
def misled(shared_url: str, issue_token: IssueToken) -> Iterator[Client]:
    """A client of that gateway."""
    client = Client(shared_url, issue_token())
    with client.http:
        yield client


@pytest.fixture
def fresh(
    scripted: ScriptedUpstream, sandbox: Sandbox, issue_token: IssueToken
) -> Iterator[Client]:
    """A client of a gateway of its own, which has not spent anything on repeats yet."""
    with gateway_before(sandbox, upstream_url=scripted.url, **SETTINGS) as url:
        client = Client(url, issue_token())
        with client.http:
            yield client


def seconds_of(client: Client) -> float:
    """How long a healthy rename takes: the best of several, because machines are noisy."""
    durations: list[float] = []
    while not measured(durations):
        started = time.perf_counter()
        assert client.rename("1", {"name": "New"})["__typename"] == SUCCESS[0]
        durations.append(time.perf_counter() - started)
    return min(durations)


@pytest.mark.parametrize(("answer", "member"), CASES.values(), ids=CASES)
def test_mutation(
    misled: Client, scripted: ScriptedUpstream, answer: Answer, member: tuple[str, str | None]
) -> None:
    """A typed member in time, little memory, and a healthy call right after it."""
    seconds_of(misled)
    scripted.answers(answer)

    with peak_growth() as growth:
        started = time.perf_counter()
        result = misled.rename("1", {"name": "New"})
        seconds = time.perf_counter() - started
    scripted.answers(reply(204))

    assert (result["__typename"], result.get("outcome")) == member
    assert seconds < DEADLINE + 1
    assert growth.megabytes < 10
    assert seconds_of(misled) < PROMPT


UNREADABLE_LISTS = {
    "HTML": reply(200, "<html>", Content_Type="text/html"),
    "invalid UTF-8": reply(200, b'{"items": [{"id": 1, "name": "\xff"}]}'),
    "NaN": reply(200, b'{"items": [{"id": NaN, "name": "New"}]}'),
    "deep JSON": reply(200, b'{"items": ' + DEEP),
    "gzip bomb": reply(200, BOMB, Content_Encoding="gzip"),
    "1 GB": CASES["1 GB"][0],
    # which nobody waits for, nor asks for again
    "1 GB announced": raw(b"HTTP/1.1 200 OK\nContent-Length: 1073741824", b"{"),
    "1 GB announced with zeros": raw(
        b"HTTP/1.1 200 OK\nContent-Length: " + b"0" * 5000 + b"1073741824", b"{"
    ),
    "lone surrogate": reply(200, b'{"items": [{"id": 1, "name": "\\ud800"}]}'),
    "id beyond 64 bits": reply(200, b'{"items": [{"id": 9223372036854775808, "name": "New"}]}'),
    "page beyond an Int": reply(200, b'{"items": [], "pageNumber": 4294967296}'),
    "307": reply(307, Location="/"),
    "204": reply(204),
}


@pytest.mark.parametrize("answer", UNREADABLE_LISTS.values(), ids=UNREADABLE_LISTS)
def test_query(misled: Client, scripted: ScriptedUpstream, answer: Answer) -> None:
    """A list that is none is a typed error, and is not asked for again."""
    scripted.answers(answer)

    response = misled.post("{ contactGroups { items { id name } } }").json()

    assert response["data"] is None
    assert [error["extensions"]["code"] for error in response["errors"]] == ["UNEXPECTED_PROBLEM"]
    assert len(scripted.received) == 1


def test_query_that_fails_for_a_moment(fresh: Client, scripted: ScriptedUpstream) -> None:
    """A read whose answers were lost twice is answered on the third attempt."""
    scripted.answers(DROP, CASES["short body of a success"][0], listing("Good"))

    response = fresh.post("{ contactGroups { items { id name } } }").json()

    assert response == {"data": {"contactGroups": {"items": [{"id": "1", "name": "Good"}]}}}
    assert len(scripted.received) == 3


def test_stale_connections(fresh: Client, scripted: ScriptedUpstream) -> None:
    """An idle connection that the upstream has closed neither loses nor doubles a write."""
    group = Group([Write(True, Answer(reply(204).content, then="close"))])
    scripted.responds(group.respond)
    names = [f"New {n}" for n in range(50)]

    results = [fresh.rename("1", {"name": name}) for name in names]

    assert [result["__typename"] for result in results] == [SUCCESS[0]] * 50
    assert group.applied == names


def test_deadline_of_the_caller(misled: Client, scripted: ScriptedUpstream) -> None:
    """`Prefer: wait` ends the request sooner: here, before anything is sent."""
    scripted.answers(HANG)

    result = misled.rename("1", {"name": "New"}, Prefer="respond-async, wait=0")

    assert result == unavailable("There was no time left to ask the service.", "NOT_APPLIED")
    assert scripted.received == []


def test_deadline_that_would_be_longer(
    scripted: ScriptedUpstream, sandbox: Sandbox, issue_token: IssueToken
) -> None:
    """`Prefer: wait` never lengthens the deadline: the write and three reads would take longer."""
    scripted.answers(HANG)
    settings = {"upstream_deadline": 1, "upstream_attempt_timeout": 1}

    with gateway_before(sandbox, upstream_url=scripted.url, **settings) as url:
        client = Client(url, issue_token())
        with client.http:
            started = time.perf_counter()
            result = client.rename("1", {"name": "New"}, Prefer="wait=60")
            seconds = time.perf_counter() - started

    assert (result["__typename"], result["outcome"]) == UNKNOWN
    assert seconds < 3
