"""Reading an answer that is not success into the error it stands for."""

import math
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import orjson

from contact_gateway.rest_client.call import Answer
from contact_gateway.rest_client.problems import (
    AnsweredError,
    BusyError,
    FieldErrors,
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

__all__ = ["UNAVAILABLE", "InputPaths", "read_failure", "retry_after_seconds"]

InputPaths = Mapping[str, tuple[str, ...]]
"""Property of a request's body, in lower case → path of the input field that it comes from."""

UNAVAILABLE = frozenset({502, 503, 504})
"""What a proxy answers for an upstream that is gone or slow."""

_PROBLEM_MEDIA_TYPES = frozenset({"application/problem+json", "application/json"})
_NO_REASON = "The service gave no reason."
_WHOLE_INPUT = ("input",)
_MOST_FIELD_ERRORS = 100
_LONGEST_NAME = 200  # of a property that is quoted, perhaps a hundred times
NO_INPUT: InputPaths = {}
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
    answer: Answer,
    now: float,
    *,
    expose_server_problems: bool,
    resource_id: int | None = None,
    input_paths: InputPaths = NO_INPUT,
) -> AnsweredError:
    """Turn an answer that is not success into the error it stands for: status first, body second.

    `now` is the time as seconds since the epoch. `detail`, `instance` and `extensions` of a 5xx are
    dropped unless `expose_server_problems`. `resource_id` is what the call was about: only of that
    can a 404 say that it does not exist. `input_paths` are the fields that a message may be about.
    """
    status = answer.status
    document = _read_document(answer)
    problem = _read_problem(status, document or {})
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not expose_server_problems:
        problem = Problem(status, problem.type, problem.title)
    retry_after = retry_after_seconds(answer.headers.get("Retry-After"), now)
    kind = _error_type(status, document, retry_after, about_one=resource_id is not None)
    field_errors = _read_field_errors(document or {}, problem, input_paths)
    return kind(problem, field_errors, retry_after, resource_id)


_BY_STATUS: Mapping[int, type[AnsweredError]] = {
    401: RejectedError,
    403: ForbiddenError,
    422: InvalidFieldsError,
    429: RateLimitedError,
    500: ServerError,
    **dict.fromkeys(UNAVAILABLE, UnavailableError),
}


def _error_type(
    status: int, document: dict[str, Any] | None, retry_after: int | None, *, about_one: bool
) -> type[AnsweredError]:
    if status == HTTPStatus.SERVICE_UNAVAILABLE and retry_after is not None:
        return BusyError
    if status in {400, 409} and document is not None and isinstance(document.get("errors"), dict):
        return InvalidFieldsError
    if status == HTTPStatus.NOT_FOUND:
        return NotFoundError if about_one and document is not None else UnexpectedAnswerError
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _BY_STATUS.get(status, UnexpectedServerAnswerError)
    explained = document is not None and status >= HTTPStatus.BAD_REQUEST
    return _BY_STATUS.get(status, RejectedError if explained else UnexpectedAnswerError)


def _read_document(answer: Answer) -> dict[str, Any] | None:
    """The JSON object of a body, or None where there is none that can be read."""
    media_type = answer.headers.get("Content-Type", "").split(";", 1)[0].strip().lower()
    if media_type not in _PROBLEM_MEDIA_TYPES or answer.incomplete is not None:
        return None
    try:
        document = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        return None
    return document if isinstance(document, dict) else None


_MEMBERS = ("type", "title", "status", "detail", "instance")


def _read_problem(status: int, document: dict[str, Any]) -> Problem:
    """RFC 9457 section 3.1: a member whose value has the wrong type is ignored."""

    def text(member: str) -> str | None:
        value = document.get(member)
        return value if isinstance(value, str) else None

    # a map of field errors is told as such
    known = (*_MEMBERS, "errors") if isinstance(document.get("errors"), dict) else _MEMBERS
    further = {name: value for name, value in document.items() if name not in known}
    return Problem(
        status=status,
        type=text("type") or "about:blank",
        title=text("title"),
        detail=text("detail"),
        instance=text("instance"),
        extensions=further or None,
    )


def _read_field_errors(
    document: dict[str, Any], problem: Problem, input_paths: InputPaths
) -> FieldErrors:
    """Path in the input → messages. Nothing that the upstream said is lost but what is endless.

    Its property names are matched without regard to case, with `$.` and `input.` before them;
    the messages of one that matches nothing go to the whole input, with the name before them. Of
    messages beyond the first hundred, their number is told, and of a long name its beginning.
    """
    errors = document.get("errors")
    entries = iter(errors.items() if isinstance(errors, dict) else ())
    found: dict[tuple[str, ...], list[str]] = {}
    room = _MOST_FIELD_ERRORS
    more = 0
    for name, messages in entries:
        said = _said(messages)
        path = input_paths.get(name.lower().removeprefix("$.").removeprefix("input."))
        quoted = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
        kept = said[:room] if path else [f"{quoted}: {message}" for message in said[:room]]
        found.setdefault(path or _WHOLE_INPUT, []).extend(kept)
        room -= len(kept)
        more += len(said) - len(kept)
        if not room:
            break
    more += sum(
        len(_said(messages)) if messages and isinstance(messages, list) else 1
        for _, messages in entries
    )
    if more:
        found.setdefault(_WHOLE_INPUT, []).append(f"And {more:,} more.")
    if not found:
        found[_WHOLE_INPUT] = [problem.detail or problem.title or _NO_REASON]
    return {path: tuple(messages) for path, messages in found.items()}


def _said(messages: Any) -> list[str]:
    """What is said of one property: at least that nothing is."""
    texts = messages if isinstance(messages, list) else [messages]
    return [text for text in texts if isinstance(text, str)] or [_NO_REASON]
