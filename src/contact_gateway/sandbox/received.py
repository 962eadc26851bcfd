"""What the sandbox was sent, kept so that a test can say exactly what reached the API."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, overload

__all__ = ["CREDENTIALS", "ReceivedRequest", "ReceivedRequests"]

CREDENTIALS: Final = frozenset({"authorization", "cookie", "proxy-authorization"})
"""The headers whose values are shown to nobody."""

_MOST_REQUESTS: Final = 10_000
_MOST_BYTES: Final = 16 * 1024 * 1024


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

    @property
    def size(self) -> int:
        """About how many bytes it takes to keep."""
        heads = sum(len(name) + len(value) for name, value in self.headers)
        return len(self.path) + len(self.query) + len(self.body) + len(self.answer) + heads


class ReceivedRequests(Sequence[ReceivedRequest]):
    """The requests in the order of their answers, oldest first; safe to use from several threads.

    The oldest are dropped when there are more than `most`, or more than `most_bytes` of them.
    """

    def __init__(self, most: int = _MOST_REQUESTS, most_bytes: int = _MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept: deque[ReceivedRequest] = deque()
        self._bytes = 0

    def append(self, request: ReceivedRequest) -> None:
        """Keep one more."""
        with self._lock:
            self._kept.append(request)
            self._bytes += request.size
            while len(self._kept) > self._most or self._bytes > self._most_bytes:
                self._bytes -= self._kept.popleft().size

    def clear(self) -> None:
        """Forget all of them."""
        self.forget(lambda _: True)

    def forget(self, which: Callable[[ReceivedRequest], bool]) -> None:
        """Forget those for which `which` is true."""
        with self._lock:
            self._kept = deque(request for request in self._kept if not which(request))
            self._bytes = sum(request.size for request in self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[ReceivedRequest]:
        with self._lock:
            return iter([*self._kept])

    @overload
    def __getitem__(self, index: int) -> ReceivedRequest: ...
    @overload
    def __getitem__(self, index: slice) -> list[ReceivedRequest]: ...
    def __getitem__(self, index: int | slice) -> ReceivedRequest | list[ReceivedRequest]:
        return [*self][index]
