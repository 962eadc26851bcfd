"""Errors of queries: what is expected is named, everything else is one constant sentence."""

from typing import Any

import structlog
from graphql import GraphQLError

from contact_gateway.failures import refused
from contact_gateway.failures.errors import ProblemDetails
from contact_gateway.failures.table import failure_of
from contact_gateway.rest_client import problems

__all__ = ["INTERNAL_SERVER_ERROR", "format_error"]

INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"

_log = structlog.get_logger(__name__)


def format_error(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """One entry of `errors`: message, path, locations, and extensions with code and requestId.

    The code is that of the mutation's error types (`ErrorCode`) where the failure has one.
    """
    formatted: dict[str, Any] = {"message": "Something went wrong on our side."}
    if error.locations:
        formatted["locations"] = [location.formatted for location in error.locations]
    if error.path is not None:
        formatted["path"] = error.path
    cause = error.original_error
    if isinstance(cause, _EXPECTED):
        failure = failure_of(cause)
        formatted["message"] = failure.message
        formatted["extensions"] = {"code": failure.code.name, **_details(cause)}
    else:
        _log.error("bug", request_id=request_id, exc_info=cause or error)
        formatted["extensions"] = {"code": INTERNAL_SERVER_ERROR}
    formatted["extensions"]["requestId"] = request_id
    return formatted


_EXPECTED = (
    problems.UpstreamError,
    refused.InvalidArgumentsError,
    refused.PermissionRefusedError,
)


def _details(cause: Exception) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if isinstance(cause, refused.ScopeMissingError):
        details["requiredScope"] = cause.required_scope
    if isinstance(cause, problems.UpstreamError) and cause.problem is not None:
        details["problem"] = ProblemDetails.members_of(cause.problem)
    if isinstance(cause, problems.UpstreamError) and cause.retry_after is not None:
        details["retryAfterSeconds"] = cause.retry_after
    if isinstance(cause, refused.InvalidArgumentsError):
        details["fieldErrors"] = [
            {"path": list(path), "messages": list(messages)}
            for path, messages in cause.field_errors.items()
        ]
    return details
