"""Every way an upstream call can fail, and how an answer is read into one of them.

UpstreamError
├── NotSentError                 nothing of the request left the gateway
│   ├── ConnectError             refused, unresolvable, TLS failed, no connection in time
│   └── NoTokenError             the token endpoint gives the gateway no token at the moment
├── CredentialsRefusedError      the gateway's own credentials are not accepted
├── NotAnsweredError             sent; then silence, a lost connection or broken HTTP
└── AnsweredError                the upstream's answer, with its problem
    ├── InvalidFieldsError       422, or 400/409 with a map of field errors
    ├── RejectedError            400, 401, 409 and other 4xx that explain themselves
    ├── ForbiddenError           403
    ├── NotFoundError            404 that explains itself
    ├── RateLimitedError         429
    ├── BusyError                503 that says when to come back
    ├── ServerError              500, 502, 503, 504
    ├── UnexpectedAnswerError    3xx, 4xx without a problem, an unreadable list
    └── UnexpectedServerAnswerError   any other 5xx
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx
import orjson

__all__ = [
    "AnsweredError",
    "BusyError",
    "ConnectError",
    "CredentialsRefusedError",
    "ForbiddenError",
    "InvalidFieldsError",
    "NoTokenError",
    "NotAnsweredError",
    "NotFoundError",
    "NotSentError",
    "Problem",
    "RateLimitedError",
    "RejectedError",
    "ServerError",
    "UnexpectedAnswerError",
    "UnexpectedServerAnswerError",
    "UpstreamError",
    "read_failure",
    "retry_after_seconds",
]

_PROBLEM_MEDIA_TYPES = frozenset({"application/problem+json", "application/json"})
_LONGEST_WAIT = 2**31 - 1  # GraphQL's Int holds no more


@dataclass(frozen=True, slots=True)
class Problem:
    """RFC 9457 problem details of one answer; a member the upstream left out is None."""

    status: int
    type: str = "about:blank"
    title: str | None = None
    detail: str | None = None
    instance: str | None = None


class UpstreamError(Exception):
    """An upstream call that did not do what was asked."""


class NotSentError(UpstreamError):
    """Nothing of the request left the gateway, so nothing was changed."""


class ConnectError(NotSentError):
    """No connection to the upstream could be made in time."""


class NoTokenError(NotSentError):
    """The gateway has no access token of its own, and its token endpoint gave none in time."""


class CredentialsRefusedError(UpstreamError):
    """The gateway's own credentials are refused, by the upstream or by its token endpoint.

    Whatever was sent was answered with 401, so nothing was changed.
    """


class NotAnsweredError(UpstreamError):
    """The request was sent, and no whole answer came back: it may have been carried out."""


class AnsweredError(UpstreamError):
    """The upstream answered with something other than success.

    `retry_after` is in seconds; `contact_group_id` is the group that a write was meant for.
    """

    def __init__(
        self,
        problem: Problem,
        field_errors: Mapping[str, tuple[str, ...]] | None = None,
        retry_after: int | None = None,
        contact_group_id: int | None = None,
    ) -> None:
        super().__init__(f"HTTP {problem.status}")
        self.problem = problem
        self.field_errors = field_errors or {}
        self.retry_after = retry_after
        self.contact_group_id = contact_group_id


class InvalidFieldsError(AnsweredError):
    """The upstream refused the values; `field_errors` maps its property names to messages."""


class RejectedError(AnsweredError):
    """The upstream refused the request and said why."""


class ForbiddenError(AnsweredError):
    """The upstream does not let this caller do this."""


class NotFoundError(AnsweredError):
    """The upstream has no such contact group."""


class RateLimitedError(AnsweredError):
    """The upstream counts too many requests; `retry_after` is in seconds."""


class BusyError(AnsweredError):
    """The upstream takes no requests now and said when it will; `retry_after` is in seconds."""


class ServerError(AnsweredError):
    """The upstream, or something before it, failed while handling the request."""


class UnexpectedAnswerError(AnsweredError):
    """An answer that this operation is not documented to give."""


class UnexpectedServerAnswerError(AnsweredError):
    """A 5xx that this operation is not documented to give."""


def retry_after_seconds(value: str | None, now: float) -> int | None:
    """Read `Retry-After` (RFC 9110 section 10.2.3), seconds or a date; None if it is neither.

    `now` is the time as seconds since the epoch.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdecimal():
        # cut, because int() refuses thousands of digits
        return min(int(text.lstrip("0")[:20] or "0"), _LONGEST_WAIT)
    try:
        date = parsedate_to_datetime(text)
        # RFC 9110 section 5.6.7: the form without a zone is in UTC too
        seconds = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return min(max(0, math.ceil(seconds)), _LONGEST_WAIT)


def read_failure(
    response: httpx.Response,
    now: float,
    *,
    expose_server_problems: bool,
    contact_group_id: int | None = None,
) -> AnsweredError:
    """Turn an answer that is not success into the error it stands for: status first, body second.

    `now` is the time as seconds since the epoch. `detail` and `instance` of a 5xx are dropped
    unless `expose_server_problems`.
    """
    status = response.status_code
    document = _read_document(response)
    problem = _read_problem(status, document or {})
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not expose_server_problems:
        problem = Problem(status, problem.type, problem.title)
    retry_after = retry_after_seconds(response.headers.get("Retry-After"), now)
    return _error_type(status, document, retry_after)(
        problem, _read_field_errors(document or {}), retry_after, contact_group_id
    )


_BY_STATUS: Mapping[int, type[AnsweredError]] = {
    401: RejectedError,
    403: ForbiddenError,
    422: InvalidFieldsError,
    429: RateLimitedError,
    500: ServerError,
    502: ServerError,
    503: ServerError,
    504: ServerError,
}


def _error_type(
    status: int, document: dict[str, Any] | None, retry_after: int | None
) -> type[AnsweredError]:
    if status == HTTPStatus.SERVICE_UNAVAILABLE and retry_after is not None:
        return BusyError
    if status in {400, 409} and document is not None and isinstance(document.get("errors"), dict):
        return InvalidFieldsError
    if status == HTTPStatus.NOT_FOUND and document is not None:
        return NotFoundError
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _BY_STATUS.get(status, UnexpectedServerAnswerError)
    explained = document is not None and status >= HTTPStatus.BAD_REQUEST
    return _BY_STATUS.get(status, RejectedError if explained else UnexpectedAnswerError)


def _read_document(response: httpx.Response) -> dict[str, Any] | None:
    """The JSON object of a body, or None where there is none that can be read."""
    media_type = response.headers.get("Content-Type", "").split(";", 1)[0].strip().lower()
    if media_type not in _PROBLEM_MEDIA_TYPES or "incomplete" in response.extensions:
        return None
    try:
        document = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return None
    return document if isinstance(document, dict) else None


def _read_problem(status: int, document: dict[str, Any]) -> Problem:
    """RFC 9457 section 3.1: a member whose value has the wrong type is ignored."""

    def text(member: str) -> str | None:
        value = document.get(member)
        return value if isinstance(value, str) else None

    return Problem(
        status=status,
        type=text("type") or "about:blank",
        title=text("title"),
        detail=text("detail"),
        instance=text("instance"),
    )


def _read_field_errors(document: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Property name → messages. A lone string counts as one message; what is no text is ignored."""
    errors = document.get("errors")
    if not isinstance(errors, dict):
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for name, messages in errors.items():
        texts = messages if isinstance(messages, list) else [messages]
        found[name] = tuple(text for text in texts if isinstance(text, str))
    return found
