"""The pool of connections to the upstream, and what may come in on one of them."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler

__all__ = ["Connections"]

_MAX_BYTES = 2_097_152  # of one answer as it comes over the wire, with all that belongs to it
_MAX_MESSAGES = 20  # 1xx responses before the answer, and the answer
_SLICE = 16_384


class Connections(aiohttp.TCPConnector):
    """A pool of at most `limit` connections that are closed on whatever nobody has asked for."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit)
        # aiohttp has no public way to choose the protocol of its connections
        self._factory = partial(_Handler, loop=self._loop)  # type: ignore[assignment]


class _Handler(ResponseHandler):
    """aiohttp's protocol, without its trust in the server (seen with 3.14.5).

    Of itself it takes a response that comes while the connection is idle for the answer to the
    next request, which may be another customer's (aio-libs/aiohttp issue 13656); and it queues
    1xx responses without end, more quickly than a timeout can fire.
    """

    _answered = True  # nothing has been asked yet
    _bytes = 0
    _messages = 0

    def set_response_params(self, **options: Any) -> None:
        """Expect the answer to a request."""
        self._answered = False
        self._bytes = self._messages = 0
        super().set_response_params(**options)

    def feed_data(self, data: Any, size: int = 0) -> None:
        """Count one response, interim or final."""
        self._messages += 1
        self._answered = data[0].code >= 200
        super().feed_data(data, size)

    def data_received(self, data: bytes) -> None:
        """Parse what comes in, as long as it is an answer and not too much."""
        self._bytes += len(data)
        for part in _slices(data):
            if self._is_uncalled_for():
                if self.transport is not None:
                    self.transport.abort()
                return
            super().data_received(part)

    def _is_uncalled_for(self) -> bool:
        complete = self._answered and (self._payload is None or self._payload.is_eof())
        return complete or self._bytes > _MAX_BYTES or self._messages > _MAX_MESSAGES


def _slices(data: bytes) -> Iterator[bytes]:
    """What is read at a time can hold many thousand responses: look at them little by little."""
    if len(data) <= _SLICE:
        return iter((data,))
    return (data[start : start + _SLICE] for start in range(0, len(data), _SLICE))
