"""The scripted upstream itself: what other tests believe it to do."""

import socket

import pytest

from tests.scripted_upstream import DROP, RESET, Answer, ScriptedUpstream, reply

REQUEST = b"PATCH /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"


def connect(upstream: ScriptedUpstream) -> socket.socket:
    """A connection of one's own."""
    return socket.create_connection(("127.0.0.1", int(upstream.url.rpartition(":")[2])), timeout=5)


def test_answers_in_turn() -> None:
    """Answers follow each other on one connection, byte for byte, and the last one closes it."""
    with ScriptedUpstream() as upstream, connect(upstream) as connection:
        upstream.answers(Answer(b"nonsense"), reply(422, "{}", X_More="1"), DROP)
        with connection.makefile("rb") as stream:
            connection.sendall(REQUEST)
            first = stream.read(8)
            connection.sendall(REQUEST + REQUEST)
            rest = stream.read()

    assert first == b"nonsense"
    assert rest == (
        b"HTTP/1.1 422 Scripted\r\nContent-Type: application/problem+json\r\n"
        b"Content-Length: 2\r\nX-More: 1\r\n\r\n{}"
    )


def test_records() -> None:
    """A request is recorded with its headers in the order sent."""
    with ScriptedUpstream() as upstream, connect(upstream) as connection:
        connection.sendall(REQUEST)
        connection.recv(1)

    (request,) = upstream.received
    assert (request.method, request.target, request.headers, request.body) == (
        "PATCH",
        "/a?b",
        (("Host", "x"), ("Content-Length", "2")),
        b"{}",
    )


def test_reset() -> None:
    """A reset is seen as a reset and not as an end."""
    with ScriptedUpstream() as upstream, connect(upstream) as connection:
        upstream.answers(RESET)
        connection.sendall(REQUEST)

        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_stop_while_a_request_is_held() -> None:
    """A request that is not answered to its end does not keep the server from stopping."""
    with ScriptedUpstream() as upstream, connect(upstream) as connection:
        upstream.answers(Answer(b"x"))
        connection.sendall(REQUEST)
        begun = connection.recv(1)
        upstream.stop()

        assert (begun, connection.recv(1)) == (b"x", b"")
