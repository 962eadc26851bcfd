"""Every way an upstream call can fail, named by what the caller of a write must know.

UpstreamError
├── NotSentError                 nothing of the request left the gateway
│   ├── ConnectError             refused, unresolvable, TLS failed, no connection in time
│   ├── NoTokenError             the token endpoint gives the gateway no token at the moment
│   ├── DeadlineError            the deadline came while the request waited for its turn
│   ├── QueueFullError           too many calls wait already
│   ├── CircuitOpenError         it failed too often just now, for the customer or for all
│   └── RetryBudgetSpentError    too many of the latest calls were repeats
├── CredentialsRefusedError      the gateway's own credentials are not accepted
├── NotAnsweredError             sent; then silence, a lost connection or broken HTTP
├── FateUnknownError             no clear answer to a write, and it could not be cleared up
└── AnsweredError                the upstream's answer, with its problem
    ├── InvalidFieldsError       422, or 400/409 that pairs a field with a message
    ├── RejectedError            400, 401, 409 and other 4xx that explain themselves
    │   └── NotNowError          408, 421, 425: not carried out, and may be sent again
    ├── ForbiddenError           403
    ├── NotFoundError            404 that explains itself
    ├── RateLimitedError         429
    ├── BusyError                503 that says when to come back
    ├── ServerError              500
    │   └── UnavailableError     502, 503, 504, 520 to 530: perhaps somebody before it spoke
    ├── UnclearAnswerError       303, an odd 2xx, a page for people: no answer to a write
    ├── UnexpectedAnswerError    3xx, 4xx without a problem, an unreadable list
    └── UnexpectedServerAnswerError   any other 5xx
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

__all__ = [
    "AnsweredError",
    "BusyError",
    "CircuitOpenError",
    "ConnectError",
    "CredentialsRefusedError",
    "DeadlineError",
    "FateUnknownError",
    "FieldErrors",
    "ForbiddenError",
    "InvalidFieldsError",
    "NoTokenError",
    "NotAnsweredError",
    "NotFoundError",
    "NotNowError",
    "NotSentError",
    "Problem",
    "QueueFullError",
    "RateLimitedError",
    "RejectedError",
    "RetryBudgetSpentError",
    "ServerError",
    "UnavailableError",
    "UnclearAnswerError",
    "UnexpectedAnswerError",
    "UnexpectedServerAnswerError",
    "UpstreamError",
    "said_of",
]


FieldErrors = Mapping[tuple[str, ...], tuple[str, ...]]
"""Path in the arguments, such as `("input", "name")` → messages."""


@dataclass(frozen=True, slots=True)
class Problem:
    """RFC 9457 problem details of one answer; a member the upstream left out is None.

    `extensions` are its further members (section 3.2), JSON values as they came.
    """

    status: int
    type: str = "about:blank"
    title: str | None = None
    detail: str | None = None
    instance: str | None = None
    extensions: Mapping[str, Any] | None = None

    def with_extensions(self, extensions: Mapping[str, Any] | None) -> "Problem":
        """The same problem with these further members."""
        return replace(self, extensions=extensions)


class UpstreamError(Exception):
    """An upstream call that did not do what was asked.

    `problem` is what the upstream said, if it did; `retry_after` is in seconds, if known; `advice`
    is for whoever runs the gateway, if there is any.
    """

    problem: Problem | None = None
    retry_after: int | None = None
    advice: str | None = None


def said_of(error: UpstreamError) -> str:
    """An error in another's message: its type, and the reason of one that nothing was sent with."""
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, ConnectError) else name


class NotSentError(UpstreamError):
    """Nothing of the request left the gateway, so nothing was changed."""


class ConnectError(NotSentError):
    """No connection to the upstream could be made in time."""

    def __init__(self, reason: str = "", advice: str | None = None) -> None:
        super().__init__(reason)
        self.advice = advice


class NoTokenError(NotSentError):
    """The gateway has no access token of its own, and its token endpoint gave none in time."""

    def __init__(self, reason: str = "", advice: str | None = None) -> None:
        super().__init__(reason)
        self.advice = advice


class CredentialsRefusedError(UpstreamError):
    """The gateway's own credentials are refused, by the upstream or by its token endpoint.

    Whatever was sent was answered with 401, so nothing was changed.
    """


class DeadlineError(NotSentError):
    """The deadline of the request came before it could be sent."""


class QueueFullError(NotSentError):
    """As many calls as are allowed are under way, and as many more wait for them."""


class CircuitOpenError(NotSentError):
    """The upstream failed too often just now, for the customer or for all.

    `retry_after` is when it will be tried again.
    """

    retry_after: int

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"tried again in {retry_after} s")
        self.retry_after = retry_after


class RetryBudgetSpentError(NotSentError):
    """Too many of the latest calls were repeats already."""


class NotAnsweredError(UpstreamError):
    """The request was sent, and no whole answer came back: it may have been carried out.

    `at_rest` says that the upstream may have done no more than to end an idle connection.
    """

    def __init__(self, reason: str = "", *, at_rest: bool = False) -> None:
        super().__init__(reason)
        self.at_rest = at_rest


class FateUnknownError(UpstreamError):
    """A write got no clear answer, and nothing after that told whether it was carried out.

    It is made of all that failed on the way; the last problem among them is its own. Whatever
    they would mean on their own, here none of them means that nothing was changed.
    """

    def __init__(self, *failures: UpstreamError) -> None:
        super().__init__(", then ".join(type(failure).__name__ for failure in failures))
        for failure in failures:
            self.problem = failure.problem or self.problem
            self.retry_after = failure.retry_after


class AnsweredError(UpstreamError):
    """The upstream answered with something other than success.

    `resource_id` is the id of what the call was about, if it was about one thing.
    """

    problem: Problem

    def __init__(
        self,
        problem: Problem,
        field_errors: FieldErrors | None = None,
        retry_after: int | None = None,
        resource_id: int | None = None,
    ) -> None:
        super().__init__(f"HTTP {problem.status}")
        self.problem = problem
        self.field_errors = field_errors or {}
        self.retry_after = retry_after
        self.resource_id = resource_id


class InvalidFieldsError(AnsweredError):
    """The upstream refused the values; `field_errors` say which, and why."""


class RejectedError(AnsweredError):
    """The upstream refused the request and said why."""


class NotNowError(RejectedError):
    """The upstream did not carry the request out, and the same one may be sent again."""


class ForbiddenError(AnsweredError):
    """The upstream does not let this caller do this."""


class NotFoundError(AnsweredError):
    """The upstream has nothing with this id."""


class RateLimitedError(AnsweredError):
    """The upstream counts too many requests; `retry_after` is in seconds."""


class BusyError(AnsweredError):
    """The upstream takes no requests now and said when it will; `retry_after` is in seconds."""


class ServerError(AnsweredError):
    """The upstream failed while it handled the request."""


class UnavailableError(ServerError):
    """The upstream could not be reached behind what answered, or was too slow for it.

    The request may have got through all the same, and may still be at work.
    """


class UnclearAnswerError(AnsweredError):
    """An answer that does not tell whether a write was carried out."""


class UnexpectedAnswerError(AnsweredError):
    """An answer that this operation is not documented to give."""


class UnexpectedServerAnswerError(AnsweredError):
    """A 5xx that this operation is not documented to give."""
