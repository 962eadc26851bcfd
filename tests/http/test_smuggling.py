"""Request smuggling: whatever the bytes mean to others, there is one response at most."""

import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.http.raw import BODY, connect, head, post, read_response, read_to_the_end, statuses

CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
IN_CHUNKS = ["Transfer-Encoding: chunked"]
END = b"\r\n0\r\n\r\n"
GET = "GET /graphql?query=%7B__typename%7D HTTP/1.1"
SMUGGLED = b"GET /livez HTTP/1.1\r\nHost: gateway\r\n\r\n"

# What is said of the body of a POST, the body, and the status that the request gets
REQUESTS: dict[str, tuple[list[str], bytes, int]] = {
    "both lengths": (["Content-Length: 4", *IN_CHUNKS], CHUNKED, 400),
    "both, the other order": ([*IN_CHUNKS, "Content-Length: 4"], CHUNKED, 400),
    "two lengths": (["Content-Length: 25", "Content-Length: 0"], BODY, 400),
    "the same length twice": (["Content-Length: 25", "Content-Length: 25"], BODY, 400),
    "a list of lengths": (["Content-Length: 25, 0"], BODY, 400),
    "a signed length": (["Content-Length: +25"], BODY, 400),
    "a length that overflows": (["Content-Length: 18446744073709551641"], BODY, 400),
    "a space before the colon": (["Transfer-Encoding : chunked", "Content-Length: 25"], BODY, 400),
    "an unknown coding": (["Transfer-Encoding: xchunked"], CHUNKED, 400),
    "two codings": (["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], CHUNKED, 400),
    "another coding first": (["Transfer-Encoding: gzip, chunked"], CHUNKED, 501),
    "another coding in a line of its own": (["Transfer-Encoding: gzip", *IN_CHUNKS], CHUNKED, 501),
    "identity first": (["Transfer-Encoding: identity, chunked"], CHUNKED, 501),
    "a coding with a parameter first": (["Transfer-Encoding: x;y=z, Chunked"], CHUNKED, 501),
    "another coding alone": (["Transfer-Encoding: gzip"], CHUNKED, 400),
    "another coding last": (["Transfer-Encoding: chunked, gzip"], CHUNKED, 400),
    "chunked twice": (["Transfer-Encoding: chunked, chunked"], CHUNKED, 400),
    "chunked in two lines": ([*IN_CHUNKS, *IN_CHUNKS], CHUNKED, 400),
    "a vertical tab": (["Transfer-Encoding: \x0bchunked", "Content-Length: 25"], BODY, 400),
    "a folded line": (["X: x\r\n Transfer-Encoding: chunked", "Content-Length: 25"], BODY, 400),
    "a bare line feed": (["X: x\nTransfer-Encoding: chunked", "Content-Length: 25"], BODY, 400),
    "a bare carriage return": (["X: x\rContent-Length: 0", "Content-Length: 25"], BODY, 400),
    "a NUL": (["X: \x00", "Content-Length: 25"], BODY, 400),
    "a chunk size with a sign": (IN_CHUNKS, b"+19\r\n" + BODY + END, 400),
    "a chunk size with 0x": (IN_CHUNKS, b"0x19\r\n" + BODY + END, 400),
    "a chunk size that overflows": (IN_CHUNKS, b"f" * 17 + b"\r\n" + BODY, 400),
    "a line feed in a chunk extension": (IN_CHUNKS, b"19;x\n\r\n" + BODY, 400),
    "a chunk that is longer": (IN_CHUNKS, b"2\r\n" + BODY + END, 400),
    "two hosts": (["Host: elsewhere", "Content-Length: 25"], BODY, 400),
    "no body": (["Content-Length: 0"], b"", 400),
    "an expectation": (["Expect: 100-continue, x", "Content-Length: 25"], BODY, 200),
    "the end of the connection": (["Connection: close", "Content-Length: 25"], BODY, 200),
    "chunks": (IN_CHUNKS, CHUNKED, 200),
    "a length": (["Content-Length: 25"], BODY, 200),
    "another protocol": (["Connection: Upgrade", "Upgrade: h2c", "Content-Length: 25"], BODY, 200),
}  # fmt: skip


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_behind_a_request(client: Client, sandbox: Sandbox, name: str) -> None:
    """The first is answered or refused, the second never, and the connection is closed."""
    lines, body, status = REQUESTS[name]
    with connect(client.url) as connection:
        connection.sendall(head(client, *lines) + body + SMUGGLED)
        received = read_to_the_end(connection)

    assert statuses(received) == [status]
    assert not sandbox.received


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_behind_a_get(client: Client, sandbox: Sandbox, name: str) -> None:
    """A body has no meaning in a GET (RFC 9110 section 9.3.1), and is read as strictly."""
    lines, body, status = REQUESTS[name]
    with connect(client.url) as connection:
        connection.sendall(head(client, *lines, request_line=GET) + body + SMUGGLED)
        received = read_to_the_end(connection)

    assert statuses(received) == [200 if name == "no body" else status]
    assert not sandbox.received


@pytest.mark.parametrize("coding", ["chunked", "gzip, chunked"])
@pytest.mark.parametrize("method", ["POST /graphql", "GET /graphql?query=%7B__typename%7D"])
def test_chunks_of_http_1_0(client: Client, sandbox: Sandbox, method: str, coding: str) -> None:
    """HTTP/1.0 has no transfer codings (RFC 9112 section 6.1): refused, and the end of it."""
    lines = [f"Transfer-Encoding: {coding}", "Connection: keep-alive"]
    with connect(client.url) as connection:
        start = head(client, *lines, request_line=f"{method} HTTP/1.0")
        connection.sendall(start + CHUNKED + SMUGGLED)
        received = read_to_the_end(connection)

    assert statuses(received) == [400]
    assert not sandbox.received


def test_what_is_said_of_an_unknown_coding(client: Client) -> None:
    """The refusal has no body, and the connection ends."""
    with connect(client.url) as connection:
        connection.sendall(head(client, "Transfer-Encoding: gzip, chunked") + CHUNKED)
        received = read_to_the_end(connection)

    assert received.startswith(b"HTTP/1.1 501 Not Implemented\r\n")
    assert received.endswith(b"\r\n\r\n")
    assert b"\r\nconnection: close\r\n" in received


@pytest.mark.parametrize(
    "request_line",
    [
        "POST /graphql HTTP/1.9",
        "POST /graphql\tHTTP/1.1 x",
        "CONNECT gateway:80 HTTP/1.1",
        "PRI * HTTP/2.0",
    ],
)
def test_other_request_lines(client: Client, request_line: str) -> None:
    """What is not HTTP/1.1 or HTTP/1.0 is refused, with what is behind it."""
    with connect(client.url) as connection:
        connection.sendall(head(client, "Content-Length: 25", request_line=request_line) + BODY)
        connection.sendall(SMUGGLED)

        assert statuses(read_to_the_end(connection)) == [400]


@pytest.mark.parametrize("count", [2, 50])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_pipelining(client: Client, method: str, count: int) -> None:
    """Requests that do not wait for the response before them are not answered (RFC 9112, 9.3.2)."""
    request = post(client) if method == "POST" else head(client, request_line=GET)
    with connect(client.url) as connection:
        connection.sendall(request * count)

        assert statuses(read_to_the_end(connection)) == [200]


def test_garbage_behind_a_request(client: Client) -> None:
    """The request is answered; the garbage ends the connection, and does not answer it."""
    with connect(client.url) as connection:
        connection.sendall(post(client) + b"\x00\x01\x02")
        received = read_to_the_end(connection)

    assert statuses(received) == [200]
    assert received.endswith(b'{"data":{"__typename":"Query"}}')


def test_requests_that_wait(client: Client) -> None:
    """One after the other, each behind the response to the one before it, all are answered."""
    with connect(client.url) as connection:
        received = []
        for _ in range(20):
            connection.sendall(post(client))
            received.append(statuses(read_response(connection)))

    assert received == [[200]] * 20


def test_no_host(client: Client) -> None:
    """HTTP/1.1 asks for exactly one Host (RFC 9112 section 3.2), HTTP/1.0 for none."""
    answers = []
    for version in ("1.1", "1.0"):
        with connect(client.url) as connection:
            connection.sendall(f"GET /livez HTTP/{version}\r\n\r\n".encode())
            answers.append(statuses(read_to_the_end(connection)))

    assert answers == [[400], [200]]


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/graphql?query=%7B__typename%7D", 200),
        ("http://gateway/graphql?query=%7B__typename%7D", 200),
        ("/graphql?query={__typename}", 200),
        ("/graphql?query=%7B__typename%7D#fragment", 200),
        ("/graphql?query=%7B__typename%7D%0d%0aHost:%20x", 400),
        ("/graphql?query=%7B__typename%7D\xe9", 400),
        ("/graphql?query=%7B__typename%7D\x00", 400),
        ("/graphql?query=%7B__typename%7D HTTP/1.1 x", 400),
        ("/%67raphql?query=%7B__typename%7D", 200),
        ("/graphql;x?query=%7B__typename%7D", 404),
        ("//graphql?query=%7B__typename%7D", 404),
    ],
)
def test_targets(client: Client, target: str, status: int) -> None:
    """However a URL is written, it is the endpoint's, or refused; there is one response."""
    with connect(client.url) as connection:
        connection.sendall(head(client, request_line=f"GET {target} HTTP/1.1") + SMUGGLED)

        assert statuses(read_to_the_end(connection)) == [status]
