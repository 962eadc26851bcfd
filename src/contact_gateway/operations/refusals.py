"""A request that is not executed: why, in the words and codes of GraphQL servers."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from graphql import GraphQLError, SourceLocation

__all__ = ["MOST_ERRORS", "Refusal", "RequestError", "RequestErrorCode", "refuse"]

# Together these keep a refusal below 4 KB, whatever a client made us quote: with the longest
# request id, code and locations an error has some 350 bytes beside its message.
MOST_ERRORS = 5
_MOST_LOCATIONS = 4
_LONGEST_MESSAGE = 400  # bytes as JSON

_CAUSE = ", but encountered error"  # graphql-core quotes Python's words here


class RequestErrorCode(StrEnum):
    """`extensions.code` of a request error; the names are those of Apollo's servers."""

    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    QUERY_NOT_IN_SAFELIST = "QUERY_NOT_IN_SAFELIST"


# GraphQL over HTTP, "Status Codes"
_STATUSES = {
    RequestErrorCode.GRAPHQL_PARSE_FAILED: HTTPStatus.BAD_REQUEST,
    RequestErrorCode.GRAPHQL_VALIDATION_FAILED: HTTPStatus.UNPROCESSABLE_ENTITY,
    RequestErrorCode.OPERATION_RESOLUTION_FAILURE: HTTPStatus.UNPROCESSABLE_ENTITY,
    RequestErrorCode.BAD_USER_INPUT: HTTPStatus.UNPROCESSABLE_ENTITY,
    # rfcs/PersistedOperations.md, "Executing": 400 or 404
    RequestErrorCode.PERSISTED_QUERY_NOT_FOUND: HTTPStatus.NOT_FOUND,
    RequestErrorCode.PERSISTED_QUERY_NOT_SUPPORTED: HTTPStatus.UNPROCESSABLE_ENTITY,
    RequestErrorCode.QUERY_NOT_IN_SAFELIST: HTTPStatus.FORBIDDEN,
}


@dataclass(frozen=True, slots=True)
class RequestError:
    """One request error (GraphQL specification section 7.1.3)."""

    message: str
    code: RequestErrorCode
    locations: tuple[SourceLocation, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not executed, and the status that GraphQL over HTTP gives it."""

    status: HTTPStatus
    errors: tuple[RequestError, ...]


def refuse(
    code: RequestErrorCode,
    errors: Iterable[GraphQLError],
    reword: Callable[[str], str] = str,
) -> Refusal:
    """Refuse a request for at most five of `errors`, in the words that `reword` gives them."""
    return Refusal(
        _STATUSES[code],
        tuple(
            RequestError(
                _shortened(reword(error.message.partition(_CAUSE)[0])),
                code,
                tuple((error.locations or ())[:_MOST_LOCATIONS]),
            )
            for error in list(errors)[:MOST_ERRORS]
        ),
    )


def _shortened(message: str) -> str:
    """The message, or as much of its beginning as surely fits (a character has up to 12 bytes)."""
    for length in (len(message), _LONGEST_MESSAGE // 2):
        if len(json.dumps(message[:length])) <= _LONGEST_MESSAGE:
            return message[:length]
    return message[: _LONGEST_MESSAGE // 12 - 1]
