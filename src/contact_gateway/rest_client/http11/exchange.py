"""One connection to the upstream: HTTP/1.1, one request and its answer at a time.

Heads and bodies are read next door; this decides what an answer is, and whether the connection may
carry another. What follows a complete answer, or comes in unasked, closes it and does nothing else:
it could be another customer's.
"""

import asyncio
import math
import select
import ssl
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final

import httptools

from contact_gateway.egress import is_about_our_certificate
from contact_gateway.rest_client.call import Incomplete
from contact_gateway.rest_client.http11.bodies import Body, UntilTheEnd, body_after
from contact_gateway.rest_client.http11.heads import Heads

__all__ = ["Connection", "ExchangeError", "Received"]

_MAX_CONTENT_BYTES: Final = 1_048_576
_MAX_HEAD_BYTES: Final = 65_536  # together with the 1xx responses before it
_MAX_FRAMING_BYTES: Final = 131_072  # heads and chunks' sizes, and as many more as the content has
_MAX_INTERIM: Final = 20  # 1xx responses before the answer
_SLICE: Final = 16_384
_TURNS: Final = 5  # of the event loop, in which TLS ends
_CROSSING_SECONDS: Final = 1.0  # in which a request and the end of a connection may cross
_OK: Final = HTTPStatus.OK.value
_RESPONSE: Final = b"HTTP/"  # how one begins


class ExchangeError(Exception):
    """A request without an answer. `sent` says whether any of it may have been read.

    With an `alert` none was: in TLS 1.3 a server may refuse the client's certificate when the
    client already sends. `at_rest` says that the server may have ended an idle connection, before
    the request came in.
    """

    def __init__(
        self, reason: str, *, sent: bool, alert: ssl.SSLError | None = None, at_rest: bool = False
    ) -> None:
        super().__init__(reason)
        self.sent = sent
        self.alert = alert
        self.at_rest = at_rest


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


class Connection(asyncio.Protocol):
    """One connection, which whoever has borrowed it from the pool uses alone.

    `when_to_send` calls what it is given, which sends a request, now or very soon. `when_unasked`
    is called when the upstream sends what nobody has asked for: anything while nobody waits for an
    answer, or another response behind one. From `retires_at` on, on the pool's clock, it is not to
    be used again; while it is idle, from `rests_until` on.
    """

    def __init__(
        self,
        when_to_send: Callable[[Callable[[], None]], None],
        when_unasked: Callable[[], None] = lambda: None,
        retires_at: float = math.inf,
    ) -> None:
        self._when_to_send = when_to_send
        self._when_unasked = when_unasked
        self._retires_at = retires_at
        self.rests_until = retires_at
        self._unsent = b""
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._incoming = select.poll()
        self._heads = Heads()
        self._body: Body | None = None  # of an answer whose head is not here yet
        self._answered: asyncio.Future[None] | None = None
        self._answer = _NO_ANSWER
        self._alert: ssl.SSLError | None = None
        self._reusable = True
        self._has_answered = False
        self._begun = 0.0
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
            await self._told_why()
            raise ExchangeError("closed", sent=False, alert=self._alert)
        answer = self._answer = Received()
        self._received = self._interim = 0
        self._body = None
        answered = self._answered = self._loop.create_future()
        begun = self._begun = time.monotonic()
        timer = self._loop.call_later(deadline - begun, self._stop, Incomplete.LATE, "TimeoutError")
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

    async def _told_why(self) -> None:
        """Let the event loop say why the connection is closing, if it is about to."""
        for _ in range(_TURNS):
            if self._transport is None:
                break
            await asyncio.sleep(0)

    def _send(self) -> None:
        """Send the request, if anybody still waits for its answer and the connection is open.

        What has come in is looked at first: it may be the end, and what is sent now would be lost.
        """
        request, usable = self._unsent, self.usable
        if request and usable and self._transport is not None:
            if self.silent:
                self._unsent = b""
                self._transport.write(request)
            else:
                self._loop.call_soon(self._send)  # the event loop looks at it before that

    def rest(self, now: float, seconds: float) -> None:
        """Be idle from now on, for `seconds` at the most or for as long as the upstream allows."""
        self.rests_until = min(now + seconds, now + self._heads.idle_seconds, self._retires_at)

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
        if exc is None and isinstance(self._body, UntilTheEnd):
            self._finish()
        else:
            self._alert = exc if is_about_our_certificate(exc) else None
            reason = "disconnected" if exc is None else type(exc).__name__
            soon = time.monotonic() - self._begun < _CROSSING_SECONDS
            at_rest = self._has_answered and not self._received and soon
            self._stop(Incomplete.CUT_OFF, reason, at_rest=at_rest)

    def data_received(self, data: bytes) -> None:
        """Read what comes in, as long as it is an answer and not too much."""
        for part in _slices(data):
            if self._answered is None or self._answered.done() or self._unsent:
                self._not_asked_for()
                return
            self._received += len(part)
            try:
                behind = self._take_in(part)
            except httptools.HttpParserError as error:
                self._stop(Incomplete.CUT_OFF, type(error).__name__)
                return
            body = self._body
            if body is None or not body.whole:
                self._limit()
                continue
            self._reusable = self._heads.keep_alive and not (body.last or behind)
            self._finish()
            if behind and behind.lstrip(b"\r\n").startswith(_RESPONSE):
                self._when_unasked()

    def _take_in(self, data: bytes) -> bytes:
        """Read heads until one is an answer's, and then its body; what is behind that."""
        while self._body is None:
            behind = self._heads.read(data)
            if behind is None:
                return b""
            data = behind
            self._begin_answer()
        return self._body.take(data, self._answer.content)

    def _begin_answer(self) -> None:
        """Tell an answer from a 1xx response before it, which is ignored."""
        heads = self._heads
        status = heads.status
        if status >= _OK:
            self._body = body_after(heads)
            self._answer.status = status
            self._answer.headers = heads.headers
            return
        self._interim += 1
        if status == HTTPStatus.SWITCHING_PROTOCOLS or self._interim > _MAX_INTERIM:
            raise httptools.HttpParserError("no answer")

    def _not_asked_for(self) -> None:
        """Close: nobody has asked for what comes in, or not yet."""
        # an answer that closes the connection may have more behind it
        was_kept = self._reusable
        self.abort()
        if was_kept:
            self._when_unasked()

    def _limit(self) -> None:
        content = len(self._answer.content)
        # what says that it is too long is not read: a megabyte takes as long as ten other answers
        announced = content + (self._body.left if self._body is not None else 0)
        most = 2 * content + _MAX_FRAMING_BYTES if self._answer.status else _MAX_HEAD_BYTES
        if self._received > most or announced > _MAX_CONTENT_BYTES:
            self._stop(Incomplete.OVERSIZED, "oversized")

    def _stop(self, incomplete: Incomplete, reason: str, *, at_rest: bool = False) -> None:
        """Give the request up: with as much of the answer as there is, or with an error."""
        self._reusable = False
        if self._answered is None or self._answered.done():
            return
        if self._answer.status:
            self._answer.incomplete = incomplete
            self._answered.set_result(None)
        else:
            sent = not self._unsent and self._alert is None
            error = ExchangeError(reason, sent=sent, alert=self._alert, at_rest=at_rest)
            self._answered.set_exception(error)

    def _finish(self) -> None:
        self._has_answered = True
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
