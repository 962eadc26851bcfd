"""One connection to the upstream: HTTP/1.1, one request and its answer at a time.

httptools parses, strictly; this decides what an answer is, when it is complete, and whether the
connection may carry another. What nobody has asked for closes it: it could be another customer's.
"""

import asyncio
import select
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final

import httptools

from contact_gateway.rest_client.call import Incomplete

__all__ = ["Connection", "ExchangeError", "Received"]

_MAX_CONTENT_BYTES: Final = 1_048_576
_MAX_BYTES: Final = 2 * _MAX_CONTENT_BYTES  # of one answer with its framing
_MAX_HEAD_BYTES: Final = 65_536  # together with the 1xx responses before it
_MAX_INTERIM: Final = 20  # 1xx responses before the answer
_SLICE: Final = 16_384


class ExchangeError(Exception):
    """A request without an answer. `sent` says whether any of it was handed to the socket."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


class Received:
    """An answer, as far as it has come in.

    `status` is 0 before there is a final response, `headers` are as they came, and `content` is at
    most 1 MiB, as it came; `incomplete` says why it is not whole.
    """

    __slots__ = ("content", "headers", "incomplete", "status")

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.content = bytearray()
        self.incomplete: Incomplete | None = None


_NO_ANSWER: Final = Received()


class _UncalledForError(Exception):
    """A response, or part of one, that nobody has asked for; raised through the parser."""


class Connection(asyncio.Protocol):
    """One connection, which whoever has borrowed it from the pool uses alone.

    `when_to_send` calls what it is given, which sends a request, now or very soon.
    """

    def __init__(self, when_to_send: Callable[[Callable[[], None]], None]) -> None:
        self._when_to_send = when_to_send
        self._unsent = b""
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._incoming = select.poll()
        self._parser = httptools.HttpResponseParser(self)
        self._answered: asyncio.Future[None] | None = None
        self._answer = _NO_ANSWER
        self._reusable = True
        self._whole = True  # nothing has been asked yet
        self._received = 0
        self._interim = 0

    @property
    def usable(self) -> bool:
        """Whether it is open, and may carry another request."""
        return self._reusable and self._transport is not None and not self._transport.is_closing()

    @property
    def silent(self) -> bool:
        """Whether nothing has come in that the event loop has yet to look at, not even an end."""
        return not self._incoming.poll(0)

    async def exchange(self, request: bytes, deadline: float) -> Received:
        """Send a request and wait for its answer until `deadline`, on `time.monotonic`'s clock.

        Raises:
            ExchangeError: there was no status line with its headers.
        """
        if not self.usable:
            raise ExchangeError("closed", sent=False)
        answer = self._answer = Received()
        self._received = self._interim = 0
        self._whole = False
        answered = self._answered = self._loop.create_future()
        left = deadline - time.monotonic()
        timer = self._loop.call_later(left, self._stop, Incomplete.LATE, "TimeoutError")
        try:
            self._unsent = request
            self._when_to_send(self._send)
            await answered
        except BaseException:
            self.abort()  # cancelled just as the answer came, it would be in nobody's hands
            raise
        finally:
            timer.cancel()
            self._unsent = b""
            self._answered = None
            self._answer = _NO_ANSWER
        if not self._reusable:
            self.abort()  # what is left on this connection belongs to nobody
        return answer

    def _send(self) -> None:
        """Send the request, if anybody still waits for its answer and the connection is open."""
        request, usable = self._unsent, self.usable
        if request and usable and self._transport is not None:
            self._unsent = b""
            self._transport.write(request)

    def abort(self) -> None:
        """Close at once."""
        self._reusable = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Be ready for a request."""
        self._transport = transport
        self._incoming.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    def connection_lost(self, exc: Exception | None) -> None:
        """End what is under way: with the end of the body, where nothing else marks that."""
        self._reusable = False
        self._transport = None
        if exc is None and self._answer.status and self._ends_with_connection():
            self._finish()
        else:
            self._stop(Incomplete.CUT_OFF, "disconnected" if exc is None else type(exc).__name__)

    def data_received(self, data: bytes) -> None:
        """Parse what comes in, as long as it is an answer and not too much."""
        for part in _slices(data):
            if self._answered is None or self._answered.done() or self._unsent:
                self.abort()  # nobody has asked for it, or not yet
                return
            self._received += len(part)
            try:
                self._parser.feed_data(part)
            except httptools.HttpParserError as error:
                self._reusable = False
                # broken HTTP right behind an answer makes that doubtful; a second response does not
                if not (self._whole and isinstance(error.__context__, _UncalledForError)):
                    self._stop(Incomplete.CUT_OFF, type(error).__name__)
                    return
            if self._whole:
                self._finish()
            else:
                self._limit()

    def on_message_begin(self) -> None:
        """Begin to read a response; called by the parser, as all that follows."""
        if self._whole:
            self._reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Note a header; a trailer does not belong to the head (RFC 9110 section 6.5.1)."""
        if self._whole:
            raise _UncalledForError
        if not self._answer.status:
            self._answer.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Tell an answer from a 1xx response before it, which is ignored."""
        if self._whole:
            raise _UncalledForError
        status = self._parser.get_status_code()
        if status >= HTTPStatus.OK:
            self._answer.status = status
            return
        self._interim += 1
        self._answer.headers = []
        if status == HTTPStatus.SWITCHING_PROTOCOLS or self._interim > _MAX_INTERIM:
            raise _UncalledForError

    def on_body(self, body: bytes) -> None:
        """Keep a part of the content."""
        self._answer.content += body

    def on_message_complete(self) -> None:
        """Note that the answer is whole."""
        if self._answer.status:
            self._whole = True
            self._reusable = self._parser.should_keep_alive()

    def _limit(self) -> None:
        oversized = self._received > (_MAX_BYTES if self._answer.status else _MAX_HEAD_BYTES)
        # what says that it is too long is not read: a megabyte takes as long as ten other answers
        if oversized or max(len(self._answer.content), self._announced()) > _MAX_CONTENT_BYTES:
            self._stop(Incomplete.OVERSIZED, "oversized")

    def _announced(self) -> int:
        """The Content-Length of an answer, which the parser has checked; 0 if there is none."""
        lengths = (
            value for name, value in self._answer.headers if name.lower() == b"content-length"
        )
        # only as many digits as it can have, because int() refuses thousands of leading zeros
        return int(next(lengths, b"0")[-20:]) if self._answer.status else 0

    def _ends_with_connection(self) -> bool:
        framing = {b"content-length", b"transfer-encoding"}
        return not any(name.lower() in framing for name, _ in self._answer.headers)

    def _stop(self, incomplete: Incomplete, reason: str) -> None:
        """Give the request up: with as much of the answer as there is, or with an error."""
        self._reusable = False
        if self._answered is None or self._answered.done():
            return
        if self._answer.status and not self._whole:
            self._answer.incomplete = incomplete
            self._answered.set_result(None)
        else:
            self._answered.set_exception(ExchangeError(reason, sent=not self._unsent))

    def _finish(self) -> None:
        if self._answered is None or self._answered.done():
            return
        if len(self._answer.content) > _MAX_CONTENT_BYTES:
            self._answer.incomplete = Incomplete.OVERSIZED
        self._answered.set_result(None)


def _slices(data: bytes) -> Iterator[bytes]:
    """What is read at a time can hold many thousand responses: look at them little by little."""
    if len(data) <= _SLICE:
        return iter((data,))
    return (data[start : start + _SLICE] for start in range(0, len(data), _SLICE))
