"""What the sandbox was sent, kept so that a test can say exactly what reached the API."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

__all__ = ["ReceivedRequest", "ReceivedRequests", "new_log"]

_MOST_KEPT = 10_000


@dataclass(frozen=True, kw_only=True)
class ReceivedRequest:
    """One request below `/v1`, as it came in, and how it was answered.

    `path` is as sent, percent-encoding included, and `query` has no question mark. `headers` are in
    the order sent, their names in lower case; they hold the bearer token, so they stay out of the
    repr. `status` is None when no answer was sent. A record is made before the answer leaves, with
    the content of those that are whole by then.
    """

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes
    status: int | None
    answer: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> tuple[str, ...]:
        """Every value of the header `name`, whatever its case; empty when it was not sent."""
        return tuple(value for key, value in self.headers if key == name.lower())


ReceivedRequests = deque[ReceivedRequest]
"""The requests in the order of their answers, oldest first, the oldest dropped when it is full."""


def new_log() -> ReceivedRequests:
    """An empty log that keeps the last 10,000 requests."""
    return deque(maxlen=_MOST_KEPT)
