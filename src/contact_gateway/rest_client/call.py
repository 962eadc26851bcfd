"""A call of the REST API and its answer, as plain values, and what a transport is told beside HTTP.

Policies see calls and answers; an httpx transport sees a complete `httpx.Request` made of a call,
whose one extension of ours is `Terms`.
"""

from collections.abc import Coroutine
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, Final, NamedTuple, Protocol

import httpx

from contact_gateway.observation import RequestRecord

__all__ = [
    "INCOMPLETE",
    "TARGET",
    "TERMS",
    "Answer",
    "Call",
    "Caller",
    "EndedAtRestError",
    "Incomplete",
    "Repeat",
    "Sends",
    "Terms",
]


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom calls are made, and all that goes upstream of the request that caused them.

    `deadline` is on `time.monotonic`'s clock, because to find the event loop that runs is a system
    call: nothing done for this caller outlives it. What happens upstream is noted in `record`.
    """

    token: str = field(repr=False)
    customer: int
    request_id: str
    traceparent: str
    deadline: float
    record: RequestRecord


class Repeat(Enum):
    """Why a call is a repeat of an earlier one: to find out what became of it, or to redo it."""

    READ_BACK = "read back"
    RESEND = "resend"


class Call(NamedTuple):
    """One call: what is asked, for whom, and until when.

    `target` is path and query below the base URL, as they are sent, and begins with a slash.
    `content` is JSON, or empty for no body. From `token` to `record` they are the caller's.
    """

    method: str
    target: str
    content: bytes
    token: str
    customer: int
    request_id: str
    traceparent: str
    deadline: float
    record: RequestRecord
    repeat: Repeat | None = None

    @classmethod
    def of(
        cls,
        caller: Caller,
        method: str,
        target: str,
        content: bytes = b"",
        repeat: Repeat | None = None,
    ) -> "Call":
        """A call for `caller`."""
        return cls(
            method,
            target,
            content,
            caller.token,
            caller.customer,
            caller.request_id,
            caller.traceparent,
            caller.deadline,
            caller.record,
            repeat,
        )

    def __repr__(self) -> str:
        """What may be shown: neither the token nor the content."""
        return f"Call({self.method} for customer {self.customer})"


class EndedAtRestError(httpx.RemoteProtocolError):
    """The upstream may have ended an idle connection just before a request came in on it.

    That is any server's right at any time (RFC 9112 section 9.5), and no sign of trouble.
    """


class Incomplete(StrEnum):
    """Why the body of an answer did not come through."""

    CUT_OFF = "cut off"
    ENCODED = "encoded"
    LATE = "late"
    OVERSIZED = "oversized"

    @property
    def may_pass(self) -> bool:
        """Whether another attempt may fare better."""
        return self in {Incomplete.CUT_OFF, Incomplete.LATE}


class Answer(NamedTuple):
    """What came back: a final status, its headers, and the content unless that is `incomplete`."""

    status: int
    headers: httpx.Headers
    content: bytes = b""
    incomplete: Incomplete | None = None

    @property
    def is_success(self) -> bool:
        """Whether the status is a 2xx."""
        return 200 <= self.status < 300


class Sends(Protocol):
    """Whoever can send a call; each policy is one around another."""

    def send(self, call: Call) -> Coroutine[Any, Any, Answer]:
        """The answer to `call`, whatever its status.

        Raises:
            UpstreamError: there is no answer; `problems.py` draws the reasons.
        """


TERMS: Final = "contact_gateway"
"""Where a request has its `Terms`."""

TARGET: Final = "target"
"""Where a request has the target that is sent, in the place of its URL's path and query.

httpx's own extension (python-httpx.org/advanced/extensions).
"""

INCOMPLETE: Final = "incomplete"
"""Where a response says why its content is not all there, with an `Incomplete`."""


class Terms(NamedTuple):
    """What a transport is told beside HTTP, in `request.extensions[TERMS]`.

    `deadline` is on `time.monotonic`'s clock: by then there is an answer or an error. A connection
    should serve one customer only; None is for what is nobody's data.
    """

    deadline: float
    customer: int | None = None

    @classmethod
    def of(cls, request: httpx.Request) -> "Terms":
        """Those of a request, which every request of this gateway has."""
        terms: Terms = request.extensions[TERMS]
        return terms
