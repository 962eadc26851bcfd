"""Requests that another reader may understand differently, or another one behind them."""

from collections.abc import Sequence
from http import HTTPStatus

__all__ = ["AmbiguousError", "check_head"]


class AmbiguousError(Exception):
    """A request that is refused with `status`, and its connection closed."""

    def __init__(self, reason: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(reason)
        self.status = status


def check_head(headers: Sequence[tuple[bytes, bytes]], version: str) -> None:
    """Look at what is said of the host and of the body; `headers` have names in lower case.

    Raises:
        AmbiguousError: not exactly one host (RFC 9112 section 3.2), or a body in another form than
            the one that is read here (section 6.1).
    """
    names = [name for name, _ in headers]
    if names.count(b"host") != 1 and version == "1.1":
        raise AmbiguousError("Host")
    if b"transfer-encoding" in names:
        _check_codings([value for name, value in headers if name == b"transfer-encoding"], version)


def _check_codings(values: Sequence[bytes], version: str) -> None:
    listed = (coding.strip(b" \t").lower() for value in values for coding in value.split(b","))
    *others, last = [coding for coding in listed if coding] or [b""]
    # HTTP/1.0 has none, and without chunks, or with chunks in chunks, nobody knows where it ends
    if version == "1.0" or last != b"chunked" or b"chunked" in others:
        raise AmbiguousError("Transfer-Encoding")
    if others:
        raise AmbiguousError("Transfer-Encoding", HTTPStatus.NOT_IMPLEMENTED)
