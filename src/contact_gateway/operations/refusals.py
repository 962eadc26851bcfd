"""A request that is not executed: why, in the words and codes of GraphQL servers."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from graphql import GraphQLError, SourceLocation

__all__ = ["Refusal", "RequestError", "RequestErrorCode", "refuse"]

_MOST_ERRORS = 5
_LONGEST_MESSAGE = 400


class RequestErrorCode(StrEnum):
    """`extensions.code` of a request error; the names are those of Apollo Server."""

    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    BAD_USER_INPUT = "BAD_USER_INPUT"


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


def refuse(code: RequestErrorCode, errors: Iterable[GraphQLError]) -> Refusal:
    """Refuse a request for at most five of `errors`.

    The status is 400 where the document cannot be parsed, else 422 (GraphQL over HTTP, "Status
    Codes").
    """
    parse_failed = code is RequestErrorCode.GRAPHQL_PARSE_FAILED
    return Refusal(
        HTTPStatus.BAD_REQUEST if parse_failed else HTTPStatus.UNPROCESSABLE_ENTITY,
        tuple(
            RequestError(error.message[:_LONGEST_MESSAGE], code, tuple(error.locations or ()))
            for error in list(errors)[:_MOST_ERRORS]
        ),
    )
