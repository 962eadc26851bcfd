"""What an answer means: whether a write is made, or the error that it stands for.

The status decides before the body does: it beats what a problem document says of itself.
"""

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

import orjson

from contact_gateway.observation import RequestRecord
from contact_gateway.rest_client.call import Answer
from contact_gateway.rest_client.contents import Body, is_html, read_body_of
from contact_gateway.rest_client.field_errors import NO_REASON, FieldErrorReader
from contact_gateway.rest_client.places import NO_FIELDS, WHOLE_INPUT, InputFields
from contact_gateway.rest_client.problems import (
    AnsweredError,
    BusyError,
    FieldErrors,
    ForbiddenError,
    InvalidFieldsError,
    NotFoundError,
    NotNowError,
    Problem,
    RateLimitedError,
    RejectedError,
    ServerError,
    UnavailableError,
    UnclearAnswerError,
    UnexpectedAnswerError,
    UnexpectedServerAnswerError,
)
from contact_gateway.rest_client.retry_after import retry_after_seconds

__all__ = ["UNAVAILABLE", "AnswerReader", "read_and_note"]

UNAVAILABLE: Final = frozenset({502, 503, 504, *range(520, 531)})
"""What a proxy or a CDN (520 to 530) answers for an upstream that is gone or slow."""

_MADE: Final = frozenset({200, 201, 204, 205})
_MOST_BYTES_OF_EXTENSIONS: Final = 4096
_MEMBERS: Final = ("type", "title", "status", "detail", "instance")
# what else is called so by those who do not follow RFC 9457; of several, the first counts
_DETAILS: Final = ("message", "Message", "error_description", "errorMessage", "description")
_TITLES: Final = ("error", "Error", "error_code")

_BY_STATUS: Final[Mapping[int, type[AnsweredError]]] = {
    401: RejectedError,
    403: ForbiddenError,
    422: InvalidFieldsError,
    429: RateLimitedError,
    500: ServerError,
    # RFC 9110 sections 15.5.9 and 15.5.20, RFC 8470 section 5.2: it was not carried out
    **dict.fromkeys((408, 421, 425), NotNowError),
    **dict.fromkeys(UNAVAILABLE, UnavailableError),
}


class AnswerReader:
    """Reads answers. `detail`, `instance` and `extensions` of a 5xx are dropped unless `exposed`.

    `now` tells the time as seconds since the epoch, for dates in `Retry-After`.
    """

    def __init__(self, *, exposed: bool, now: Callable[[], float] = time.time) -> None:
        self._exposed = exposed
        self._now = now

    def is_made(
        self,
        answer: Answer,
        record: RequestRecord,
        *,
        resource_id: int | None = None,
        fields: InputFields = NO_FIELDS,
    ) -> bool:
        """Whether a write is made, as its answer says; if not, it is accepted (202).

        Raises:
            UnclearAnswerError: the answer is not one that a REST API gives to a write.
            AnsweredError: any other failure, as `failure` reads it.
        """
        made = answer.status in _MADE
        if made and not answer.content and answer.incomplete is None:
            return True
        if answer.status == HTTPStatus.ACCEPTED:
            return False
        if not answer.is_success and answer.status != HTTPStatus.SEE_OTHER:
            raise self.failure(answer, record, resource_id=resource_id, fields=fields)
        body = read_and_note(answer, record)
        if made and _is_of_an_api(answer, body):
            return True
        raise UnclearAnswerError(Problem(answer.status))

    def failure(
        self,
        answer: Answer,
        record: RequestRecord,
        *,
        resource_id: int | None = None,
        fields: InputFields = NO_FIELDS,
    ) -> AnsweredError:
        """The error that an answer stands for that is not the success that was asked for.

        `resource_id` is what the call was about: only of that can a 404 say that it does not exist.
        `fields` are those that a message may be about. What cannot be read is noted in `record`.
        """
        body = read_and_note(answer, record)
        document = body.document
        if isinstance(document, list) and document:  # errors without anything around them
            document = {"errors": document}
        errors = FieldErrorReader(fields)
        used = errors.read(document)
        retry_after = retry_after_seconds(answer.headers.get("Retry-After"), self._now())
        kind = _kind(
            answer.status,
            waits=retry_after is not None,
            explained=isinstance(document, dict),
            paired=errors.paired,
            about_one=resource_id is not None,
        )
        if kind is not InvalidFieldsError:
            used = frozenset()  # no other error has a place for messages about fields
        members = document if isinstance(document, dict) else {}
        text = document if isinstance(document, str) else body.text
        problem = self._problem(answer.status, members, text, used, record)
        return kind(problem, _field_errors(errors, problem), retry_after, resource_id)

    def _problem(
        self,
        status: int,
        document: Mapping[str, Any],
        text: str | None,
        used: frozenset[str],
        record: RequestRecord,
    ) -> Problem:
        problem = _read_problem(status, document, text)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not self._exposed:
            return Problem(status, problem.type, problem.title)
        further = {
            name: value
            for name, value in document.items()
            if name not in used and not _is_told(name, value, problem)
        }
        unfit = _unfit(further)
        if unfit is not None:
            record.upstream_unread = f"extensions, {unfit}"
            further = {}
        return problem.with_extensions(further or None)


def read_and_note(answer: Answer, record: RequestRecord) -> Body:
    """The body of an answer; what of it cannot be read is noted in `record`."""
    body = read_body_of(answer)
    if body.unread:
        record.upstream_unread = body.unread
    return body


def _is_of_an_api(answer: Answer, body: Body) -> bool:
    """Whether a body is one that a REST API sends with a success: JSON, whole or not."""
    if answer.incomplete is not None:
        return not is_html(answer)
    return body.document is not None or answer.content.strip() == b"null"


def _kind(
    status: int, *, waits: bool, explained: bool, paired: bool, about_one: bool
) -> type[AnsweredError]:
    if status == HTTPStatus.SERVICE_UNAVAILABLE and waits:
        return BusyError
    if status in {400, 409} and paired:
        return InvalidFieldsError
    if status == HTTPStatus.NOT_FOUND:
        return NotFoundError if about_one and explained else UnexpectedAnswerError
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _BY_STATUS.get(status, UnexpectedServerAnswerError)
    rejected = explained and status >= HTTPStatus.BAD_REQUEST
    return _BY_STATUS.get(status, RejectedError if rejected else UnexpectedAnswerError)


def _read_problem(status: int, document: Mapping[str, Any], text: str | None) -> Problem:
    """RFC 9457 section 3.1: a member whose value has the wrong type is ignored."""

    def first(*names: str) -> str | None:
        values = (document.get(name) for name in names)
        return next((value for value in values if isinstance(value, str) and value), None)

    error = document.get("error")
    inner = error.get("message") if isinstance(error, dict) else None
    message = document.get("message")
    listed = " ".join(message) if isinstance(message, list) and _are_texts(message) else None
    return Problem(
        status=status,
        type=first("type") or "about:blank",
        title=first("title", *_TITLES),
        detail=first("detail", *_DETAILS)
        or (inner if isinstance(inner, str) else None)
        or listed
        or text,
        instance=first("instance"),
    )


def _unfit(extensions: Mapping[str, Any]) -> str | None:
    """Why members of a problem cannot be handed on, if they cannot."""
    nested: Any = extensions
    for _ in range(16):  # more levels than a reply has around them: orjson writes 254
        nested = [nested]
    try:
        size = len(orjson.dumps(nested))
    except orjson.JSONEncodeError:
        return "nested too deeply"
    return f"{size} bytes, too large" if size > _MOST_BYTES_OF_EXTENSIONS else None


def _is_told(name: str, value: object, problem: Problem) -> bool:
    """Whether a member of a document is in the problem already."""
    if name in _MEMBERS:
        # of the wrong type it is no member of a problem, and yet was said
        return name == "status" or isinstance(value, str) or value is None
    if name not in {*_DETAILS, *_TITLES}:
        return False
    text = " ".join(value) if isinstance(value, list) and _are_texts(value) else value
    return isinstance(text, str) and text in {problem.detail, problem.title}


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _field_errors(errors: FieldErrorReader, problem: Problem) -> FieldErrors:
    """The messages by path; if there are none, what the problem says of the whole input."""
    found = {path: tuple(messages) for path, messages in errors.found.items()}
    if errors.more:
        found[WHOLE_INPUT] = (*found.get(WHOLE_INPUT, ()), f"And {errors.more} more.")
    return found or {WHOLE_INPUT: (problem.detail or problem.title or NO_REASON,)}
