"""Talking to a gateway byte by byte."""

import socket
from urllib.parse import urlsplit

from tests.client import Client

BODY = b'{"query": "{__typename}"}'


def connect(url: str) -> socket.socket:
    """A connection that gives up after ten seconds, so that no test can hang."""
    address = urlsplit(url)
    return socket.create_connection((address.hostname, address.port), timeout=10)


def head(client: Client, *lines: str, request_line: str = "POST /graphql HTTP/1.1") -> bytes:
    """The head of an authenticated request, with further lines."""
    usual = (request_line, "Host: gateway", *(f"{n}: {v}" for n, v in client.headers().items()))
    return "\r\n".join((*usual, *lines, "", "")).encode("latin-1")


def post(client: Client, body: bytes = BODY) -> bytes:
    """A whole request."""
    return head(client, f"Content-Length: {len(body)}") + body


def read_to_the_end(connection: socket.socket) -> bytes:
    """All that arrives until the other side closes; a reset is an end too."""
    received = b""
    try:
        while chunk := connection.recv(65_536):
            received += chunk
    except ConnectionResetError:
        pass
    return received


def read_response(connection: socket.socket) -> bytes:
    """One response with a Content-Length, and nothing behind it."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    start, _, body = received.partition(b"\r\n\r\n")
    (length,) = (
        int(line.partition(b":")[2])
        for line in start.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    )
    while len(body) < length:
        chunk = _more(connection)
        received, body = received + chunk, body + chunk
    return received


def _more(connection: socket.socket) -> bytes:
    chunk = connection.recv(65_536)
    assert chunk, "closed before the response was complete"
    return chunk


def statuses(responses: bytes) -> list[int]:
    """The status of every response in what was received."""
    return [int(part.split(b" ", 2)[1]) for part in responses.split(b"HTTP/1.1")[1:]]
