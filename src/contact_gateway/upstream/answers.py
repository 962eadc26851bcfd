"""Reading an answer that is not success into the error it stands for."""

import math
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx
import orjson

from contact_gateway.upstream.problems import (
    AnsweredError,
    BusyError,
    ForbiddenError,
    InvalidFieldsError,
    NotFoundError,
    Problem,
    RateLimitedError,
    RejectedError,
    ServerError,
    UnavailableError,
    UnexpectedAnswerError,
    UnexpectedServerAnswerError,
)

__all__ = ["UNAVAILABLE", "read_failure", "retry_after_seconds"]

UNAVAILABLE = frozenset({502, 503, 504})
"""What a proxy answers for an upstream that is gone or slow."""

_PROBLEM_MEDIA_TYPES = frozenset({"application/problem+json", "application/json"})
_LONGEST_WAIT = 2**31 - 1  # GraphQL's Int holds no more


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
    **dict.fromkeys(UNAVAILABLE, UnavailableError),
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
        document = orjson.loads(response.read())
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
