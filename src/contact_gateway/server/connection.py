"""One connection: uvicorn's HTTP protocol for clients that are slow, wasteful or ambiguous.

uvicorn closes no connection whose request is incomplete, knows no largest head, adds the trailer
fields of a chunked body to the headers, and answers pipelined requests. This one waits for a while
only, refuses large heads (431), ignores trailers (RFC 9110 section 6.5.1), and answers nothing that
arrives behind a request that is not answered yet: what smuggling needs is a second response.
"""

import asyncio
from collections import deque
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, ClassVar, Final

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from contact_gateway.event_loop.writes import Writes
from contact_gateway.server.ambiguous import AmbiguousError, check_head
from contact_gateway.server.connection_limits import ConnectionLimits, refusal
from contact_gateway.server.outgoing import Outgoing
from contact_gateway.server.turns import Turns
from contact_gateway.server.unread import Unread

__all__ = ["HTTPConnection"]


class _Awaited(Enum):
    """What a connection is waiting for from its client."""

    FIRST_BYTE = auto()
    HEAD = auto()
    BODY = auto()
    NOTHING = auto()


# requests behind one that is not answered are refused, so all connections can share it
_NO_PIPELINE: Final[deque[tuple[RequestResponseCycle, Any]]] = deque(maxlen=0)


class HTTPConnection(HttpToolsProtocol):
    """One connection, as uvicorn makes it for each client."""

    limits: ClassVar[ConnectionLimits] = ConnectionLimits()

    # CPython keeps up to 30 attributes of an object in a small table, and uvicorn has 28
    __slots__ = (
        "_awaited",
        "_held",
        "_outgoing",
        "_received",
        "_stopping",
        "_timed",
        "_timer",
        "_turns",
        "_unread",
        "_unused_since",
        "_unused_timer",
        "_upgrading",
        "_writes",
    )

    def __init__(self, turns: Turns, writes: Writes, **options: Any) -> None:
        """Make one connection of those that share `turns` and `writes`; `options` are uvicorn's."""
        super().__init__(**options)
        self.pipeline = _NO_PIPELINE
        self._turns = turns
        self._writes = writes
        self._awaited = _Awaited.FIRST_BYTE
        self._timed: _Awaited | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unread: Unread | None = None
        self._unused_since: float | None = None
        self._unused_timer: asyncio.TimerHandle | None = None
        self._held = b""
        self._stopping = False
        self._received = 0
        self._upgrading = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        self._outgoing = Outgoing(transport, self._writes, self.tasks)
        super().connection_made(self._outgoing)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        super().connection_lost(exc)
        self._stop_timer()
        self._watch_no_longer()
        if self._unused_timer is not None:
            self._unused_timer.cancel()

    def eof_received(self) -> None:
        """Send what was written before the connection is closed, which this leads to."""
        self._outgoing.send()

    def pause_writing(self) -> None:
        """Wait for the client to read, as long as it does."""
        super().pause_writing()
        if self._unread is None:
            self._unread = Unread(self.transport, self.limits.farewell)

    def resume_writing(self) -> None:
        """Go on: the client has read most of what was sent."""
        super().resume_writing()
        self._watch_no_longer()

    def _watch_no_longer(self) -> None:
        if self._unread is not None:
            self._unread.read()
            self._unread = None

    def data_received(self, data: bytes) -> None:
        """Take in what begins a request when it is the request's turn, and all else at once."""
        if self._held:
            self._held += data
            if len(self._held) > self.limits.head_bytes:
                self.flow.pause_reading()
        elif self._in_a_request():
            self._take_in(data)
        else:
            self._held = data
            self._turns.take(self.tasks, self._take_turn)

    def shutdown(self) -> None:
        """Close after the response to a request that has arrived, at once if none has."""
        self._stopping = True
        if not self._held:
            super().shutdown()

    def _take_turn(self) -> bool:
        data, self._held = self._held, b""
        if self.transport.is_closing():
            return False  # whoever has asked is gone
        self.flow.resume_reading()
        self._take_in(data)
        if self._stopping:
            super().shutdown()
        elif self._unused_since is not None and self._unused_timer is None:
            self._close_if_unused()
        return True

    def _take_in(self, data: bytes) -> None:
        """Parse data, never more of a head than is allowed."""
        while data and not self.transport.is_closing():
            in_body = self._awaited is _Awaited.BODY
            room = self.limits.head_bytes - (0 if in_body else self._received)
            part, data = data[:room], data[room:]
            self._parse(part)
            self._count(len(part))
        if self._timed is not self._awaited and not self.transport.is_closing():
            self._watch()

    def on_message_begin(self) -> None:
        """Begin a request, unless the one before it is not answered yet."""
        if self._unanswered() is not None:
            raise AmbiguousError("pipelined")
        self._unused_since = None
        self._awaited = _Awaited.HEAD
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Start to answer. Fields that come later are trailers and do not belong to the head."""
        self._received = 0
        self._upgrading = self.parser.should_upgrade()
        if self._upgrading:
            return
        check_head(self.headers, self.parser.get_http_version())
        super().on_headers_complete()
        self._outgoing.begin_response()
        self.headers = []
        self._awaited = _Awaited.BODY

    def on_message_complete(self) -> None:
        """Wait for nothing more."""
        if self._upgrading:
            return
        super().on_message_complete()
        self._received = 0
        self._awaited = _Awaited.NOTHING

    def on_response_complete(self) -> None:
        """See to it that a response without a body is sent, and a connection that ends does end."""
        self._outgoing.flush()
        self.server_state.total_requests += 1
        self._turns.ended()
        if self._awaited is _Awaited.NOTHING:
            # freed while it is in the CPU's caches: hundreds may be served before the next request
            self.cycle = self.scope = None  # type: ignore[assignment]
        if self.transport.is_closing():
            self._end()
            return
        self.flow.resume_reading()
        self._unused_since = self.loop.time()
        if self._unused_timer is None:
            self._close_if_unused()

    def _close_if_unused(self) -> None:
        """Close a connection that was not used again; else look again when that may be.

        One timer for many requests: to set one for each would take longer than to look at this.
        """
        self._unused_timer = None
        if self._unused_since is None or self._held:
            return
        left = self._unused_since + self.timeout_keep_alive - self.loop.time()
        if left <= 0:
            self._end()
        else:
            self._unused_timer = self.loop.call_later(left, self._close_if_unused)

    def _parse(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._without_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError as error:
            why = error.__context__
            self._refuse(why.status if isinstance(why, AmbiguousError) else HTTPStatus.BAD_REQUEST)

    def _without_upgrade(self, rest: bytes) -> None:
        """Go on as if the client had not asked for another protocol (RFC 9110 section 7.8)."""
        method = self.parser.get_method()
        if method == b"CONNECT":
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        head = [method, b" ", self.url, b" HTTP/1.1\r\n"]
        for name, value in self.headers:
            if name not in {b"upgrade", b"connection"}:
                head += [name, b": ", value, b"\r\n"]
        self.parser = httptools.HttpRequestParser(self)
        self._parse(b"".join([*head, b"connection: close\r\n\r\n", rest]))

    def _count(self, size: int) -> None:
        if self._awaited is _Awaited.HEAD:
            self._received += size
            if self._received >= self.limits.head_bytes:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._awaited is _Awaited.BODY:
            self._received += size
            if self._received > self.limits.body_bytes:
                self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def _watch(self) -> None:
        """Wait for what is awaited now, for as long as that may take."""
        self._stop_timer()
        self._timed = self._awaited
        if self._awaited is _Awaited.FIRST_BYTE:
            self._timer = self.loop.call_later(self.limits.silence, self._close_if_silent)
        elif self._awaited is not _Awaited.NOTHING:
            seconds = self.limits.head if self._awaited is _Awaited.HEAD else self.limits.body
            self._timer = self.loop.call_later(seconds, self._refuse, HTTPStatus.REQUEST_TIMEOUT)

    def _close_if_silent(self) -> None:
        if self._held:
            self._timed = None  # to be watched again, if it is nothing that waits for its turn
        else:
            self._end()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer with `status` and close, unless an answer is on its way or was given already."""
        cycle = self._unanswered()
        if cycle is not None and self._awaited is _Awaited.NOTHING:
            cycle.keep_alive = False  # it came behind a whole request, and that one is answered
            self.flow.pause_reading()
            return
        answered = cycle.response_started if cycle else self._awaited is _Awaited.BODY
        if not answered:
            self.transport.write(refusal(status, self.server_state.default_headers))
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()
        self._end()

    def _in_a_request(self) -> bool:
        """Whether a request has begun whose end or whose response is still to come."""
        incomplete = self._awaited is _Awaited.HEAD or self._awaited is _Awaited.BODY
        return incomplete or self._unanswered() is not None

    def _unanswered(self) -> RequestResponseCycle | None:
        """The request whose response is not complete, if there is one."""
        cycle: RequestResponseCycle | None = self.cycle  # uvicorn declares it without the None
        return None if cycle is None or cycle.response_complete else cycle

    def _end(self) -> None:
        """Close once the client has read what was sent, or in a while if it does not."""
        self._stop_timer()
        self._timer = self.loop.call_later(self.limits.farewell, self.transport.abort)
        self.transport.close()
