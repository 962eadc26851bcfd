"""Which failure is which error type: one table, and the handler that makes the mutation total."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import strawberry
import structlog
from strawberry.types.field import StrawberryField

from contact_gateway.context import RequestContext
from contact_gateway.schema import errors, input_rules, permissions
from contact_gateway.schema.errors import ErrorCode, WriteOutcome
from contact_gateway.upstream import problems

__all__ = ["FAILURES", "Failure", "FailuresAsData", "failure_of", "field_errors"]

_log = structlog.get_logger(__name__)

NOT_APPLIED, UNKNOWN = WriteOutcome.NOT_APPLIED, WriteOutcome.UNKNOWN


@dataclass(frozen=True, slots=True)
class Failure:
    """What one kind of exception means to a client."""

    member: type[errors.MutationError]
    code: ErrorCode
    outcome: WriteOutcome
    retryable: bool
    message: str


FAILURES: Mapping[type[Exception], Failure] = MappingProxyType({
    input_rules.InvalidInputError: Failure(
        errors.InvalidInputError, ErrorCode.INVALID_INPUT, NOT_APPLIED, False,
        "Some of the input is not valid."),
    permissions.PermissionRefusedError: Failure(
        errors.PermissionDeniedError, ErrorCode.PERMISSION_DENIED, NOT_APPLIED, False,
        "You may not use this customer's data."),
    permissions.ScopeMissingError: Failure(
        errors.PermissionDeniedError, ErrorCode.PERMISSION_DENIED, NOT_APPLIED, False,
        "Your access does not include this."),
    problems.NotSentError: Failure(
        errors.UpstreamUnavailableError, ErrorCode.UPSTREAM_UNAVAILABLE, NOT_APPLIED, True,
        "The service cannot be reached at the moment."),
    problems.CredentialsRefusedError: Failure(
        errors.UpstreamUnavailableError, ErrorCode.UPSTREAM_UNAVAILABLE, NOT_APPLIED, False,
        "The service does not accept requests from us."),
    problems.CircuitOpenError: Failure(
        errors.UpstreamUnavailableError, ErrorCode.UPSTREAM_UNAVAILABLE, NOT_APPLIED, True,
        "The service has failed too often just now."),
    problems.DeadlineError: Failure(
        errors.UpstreamUnavailableError, ErrorCode.UPSTREAM_UNAVAILABLE, NOT_APPLIED, True,
        "There was no time left to ask the service."),
    problems.QueueFullError: Failure(
        errors.UpstreamUnavailableError, ErrorCode.UPSTREAM_UNAVAILABLE, NOT_APPLIED, True,
        "Too many requests are waiting for the service at the moment."),
    problems.NotAnsweredError: Failure(
        errors.UpstreamUnavailableError, ErrorCode.UPSTREAM_UNAVAILABLE, UNKNOWN, True,
        "The service did not answer."),
    problems.FateUnknownError: Failure(
        errors.UpstreamUnavailableError, ErrorCode.UPSTREAM_UNAVAILABLE, UNKNOWN, True,
        "The service did not say whether the change was made."),
    problems.InvalidFieldsError: Failure(
        errors.InvalidInputError, ErrorCode.INVALID_INPUT, NOT_APPLIED, False,
        "Some of the input is not valid."),
    problems.RejectedError: Failure(
        errors.RequestRejectedError, ErrorCode.REQUEST_REJECTED, NOT_APPLIED, False,
        "The service refused the request."),
    problems.ForbiddenError: Failure(
        errors.PermissionDeniedError, ErrorCode.PERMISSION_DENIED, NOT_APPLIED, False,
        "You may not do this."),
    problems.NotFoundError: Failure(
        errors.ContactGroupNotFoundError, ErrorCode.NOT_FOUND, NOT_APPLIED, False,
        "There is no such contact group."),
    problems.RateLimitedError: Failure(
        errors.RateLimitedError, ErrorCode.RATE_LIMITED, NOT_APPLIED, True,
        "There are too many requests at the moment."),
    problems.BusyError: Failure(
        errors.UpstreamUnavailableError, ErrorCode.UPSTREAM_UNAVAILABLE, NOT_APPLIED, True,
        "The service takes no requests at the moment."),
    problems.ServerError: Failure(
        errors.UpstreamUnavailableError, ErrorCode.UPSTREAM_UNAVAILABLE, UNKNOWN, True,
        "The service failed while it handled the request."),
    problems.UnexpectedAnswerError: Failure(
        errors.UnexpectedProblemError, ErrorCode.UNEXPECTED_PROBLEM, NOT_APPLIED, False,
        "The service gave an answer that cannot be understood."),
    problems.UnexpectedServerAnswerError: Failure(
        errors.UnexpectedProblemError, ErrorCode.UNEXPECTED_PROBLEM, UNKNOWN, False,
        "The service gave an answer that cannot be understood."),
    Exception: Failure(
        errors.UnexpectedProblemError, ErrorCode.UNEXPECTED_PROBLEM, UNKNOWN, False,
        "Something went wrong on our side."),
})  # fmt: skip


def failure_of(exception: Exception) -> Failure:
    """The row of the table for an exception: its own, or its nearest ancestor's."""
    return next(FAILURES[kind] for kind in type(exception).__mro__ if kind in FAILURES)


class FailuresAsData(strawberry.ExceptionHandler[Exception, errors.UnexpectedProblemError]):
    """Turns every exception of a field that can return error types into one of them.

    Total on purpose: a raising non-null field would null its siblings, and a change that was
    already made would vanish from the reply.
    """

    def handle(
        self,
        exception: Exception,
        *,
        field: StrawberryField,  # noqa: ARG002 - Strawberry passes it by name
        info: strawberry.Info[RequestContext, None],
    ) -> Any:
        """The member of the union that stands for `exception`."""
        failure = failure_of(exception)
        if failure is FAILURES[Exception]:
            _log.error("bug", request_id=info.context.request_id, exc_info=exception)
        problem = exception.problem if isinstance(exception, problems.UpstreamError) else None
        return failure.member(
            message=failure.message,
            code=failure.code,
            outcome=failure.outcome,
            retryable=failure.retryable,
            problem=None if problem is None else errors.ProblemDetails.of(problem),
            **_FURTHER_FIELDS.get(failure.member, _no_further_fields)(exception),
        )


def _no_further_fields(_: Exception) -> dict[str, Any]:
    return {}


def _invalid_input(exception: Exception) -> dict[str, Any]:
    by_gateway = isinstance(exception, input_rules.InvalidInputError)
    return {
        "field_errors": [
            errors.FieldError(path=list(path), messages=list(messages))
            for path, messages in field_errors(exception).items()
        ],
        "origin": errors.ErrorOrigin.GATEWAY if by_gateway else errors.ErrorOrigin.UPSTREAM,
    }


def _not_found(exception: Exception) -> dict[str, Any]:
    return {"contact_group_id": str(getattr(exception, "contact_group_id", ""))}


def _permission_denied(exception: Exception) -> dict[str, Any]:
    return {"required_scope": getattr(exception, "required_scope", None)}


def _retry_after(exception: Exception) -> dict[str, Any]:
    return {"retry_after_seconds": getattr(exception, "retry_after", None)}


def _unexpected(exception: Exception) -> dict[str, Any]:
    if isinstance(exception, problems.AnsweredError):
        return {"upstream_status": exception.problem.status}
    return {"upstream_status": None}


_FURTHER_FIELDS: Mapping[type[errors.MutationError], Callable[[Exception], dict[str, Any]]] = {
    errors.InvalidInputError: _invalid_input,
    errors.ContactGroupNotFoundError: _not_found,
    errors.PermissionDeniedError: _permission_denied,
    errors.RateLimitedError: _retry_after,
    errors.UpstreamUnavailableError: _retry_after,
    errors.UnexpectedProblemError: _unexpected,
}

_NO_REASON = "The service gave no reason."
_INPUT_FIELDS = {"name": ("input", "name")}


def field_errors(exception: Exception) -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Path in the arguments → messages. Nothing that the upstream said is lost.

    Its property names are matched without regard to case, with `$.` and `input.` before them;
    the messages of one that matches nothing go to the whole input, with the name before them.
    """
    if isinstance(exception, input_rules.InvalidInputError):
        return exception.field_errors
    if not isinstance(exception, problems.AnsweredError):
        return {}
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for name, messages in exception.field_errors.items():
        path = _INPUT_FIELDS.get(name.lower().removeprefix("$.").removeprefix("input."))
        said = messages or (_NO_REASON,)
        kept = said if path else tuple(f"{name}: {message}" for message in said)
        where = path or ("input",)
        found[where] = found.get(where, ()) + kept
    if not found:
        problem = exception.problem
        found["input",] = (problem.detail or problem.title or _NO_REASON,)
    return found
