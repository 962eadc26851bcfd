"""What one connection may take, and what a client is told that takes more."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

__all__ = ["ConnectionLimits", "refusal"]


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """What one connection may take: seconds for each part of a request, and bytes."""

    silence: float = 5
    head: float = 5
    body: float = 10
    farewell: float = 5  # until a client has read what was sent before the connection is closed
    head_bytes: int = 24_576  # of which a token may have 16 KiB
    body_bytes: int = 8_388_608  # discarded ones and the framing included; MAX_BODY_BYTES is less


_REFUSALS: Final = {
    status: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
    for status in (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        HTTPStatus.NOT_IMPLEMENTED,
    )
}
_SENTENCES: Final = {
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        b"Expected a request line and headers of less than 24 KiB together.\n"
    )
}
_REFUSAL_HEADERS: Final = (
    b"content-length: %d\r\n%bconnection: close\r\n"
    b"cache-control: no-store\r\nx-content-type-options: nosniff\r\n\r\n"
)
_PLAIN_TEXT: Final = b"content-type: text/plain; charset=utf-8\r\n"


def refusal(status: HTTPStatus, default_headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A whole response of a sentence at most, after which the connection is closed."""
    default = (b"%s: %s\r\n" % header for header in default_headers)
    sentence = _SENTENCES.get(status, b"")
    headers = _REFUSAL_HEADERS % (len(sentence), _PLAIN_TEXT if sentence else b"")
    return b"".join([_REFUSALS[status], *default, headers, sentence])
