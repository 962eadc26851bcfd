"""Reading the body of a request, as far as it may go."""

from collections.abc import Sequence

from starlette.types import Receive

__all__ = ["BodyTooLargeError", "ClientGoneError", "read_body"]


class ClientGoneError(Exception):
    """The client closed the connection before its request was complete."""


class BodyTooLargeError(Exception):
    """The body is longer than MAX_BODY_BYTES."""


async def read_body(receive: Receive, content_length: Sequence[bytes], largest: int) -> bytes:
    """Read a whole body of at most `largest` bytes.

    Raises:
        BodyTooLargeError: there is more, or more is announced; that is not read.
        ClientGoneError: there is less than was announced.
    """
    # the HTTP parser has made sure that there is one Content-Length at most, and that it is digits
    if content_length and int(content_length[0]) > largest:
        raise BodyTooLargeError
    collected = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        collected += message.get("body", b"")
        if len(collected) > largest:
            raise BodyTooLargeError
        if not message.get("more_body", False):
            return bytes(collected)
