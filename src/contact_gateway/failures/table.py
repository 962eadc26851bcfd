"""Which failure is which error type: one literal table. The unions of mutations follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from contact_gateway.failures import errors, refused
from contact_gateway.failures.errors import ErrorCode, WriteOutcome
from contact_gateway.rest_client import problems

__all__ = ["EVERY_MUTATION_MEETS", "FAILURES", "Failure", "failure_of"]

NOT_APPLIED, UNKNOWN = WriteOutcome.NOT_APPLIED, WriteOutcome.UNKNOWN


@dataclass(frozen=True, slots=True)
class Failure:
    """What one kind of exception means to a client.

    `member` is its type in a union, or what the type of each resource for it derives from.
    """

    member: type[errors.MutationError | errors.NotFound]
    code: ErrorCode
    outcome: WriteOutcome
    retryable: bool
    message: str


FAILURES: Mapping[type[Exception], Failure] = MappingProxyType({
    refused.InvalidArgumentsError: Failure(
        errors.InvalidInputError, ErrorCode.INVALID_INPUT, NOT_APPLIED, False,
        "Some of the input is not valid."),
    refused.PermissionRefusedError: Failure(
        errors.PermissionDeniedError, ErrorCode.PERMISSION_DENIED, NOT_APPLIED, False,
        "You may not use this customer's data."),
    refused.ScopeMissingError: Failure(
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
    problems.NotNowError: Failure(
        errors.RequestRejectedError, ErrorCode.REQUEST_REJECTED, NOT_APPLIED, True,
        "The service does not take the request at the moment."),
    problems.ForbiddenError: Failure(
        errors.PermissionDeniedError, ErrorCode.PERMISSION_DENIED, NOT_APPLIED, False,
        "You may not do this."),
    problems.NotFoundError: Failure(
        errors.NotFound, ErrorCode.NOT_FOUND, NOT_APPLIED, False,
        "There is nothing with this id."),
    problems.RateLimitedError: Failure(
        errors.RateLimitedError, ErrorCode.RATE_LIMITED, NOT_APPLIED, True,
        "There are too many requests at the moment."),
    problems.BusyError: Failure(
        errors.UpstreamUnavailableError, ErrorCode.UPSTREAM_UNAVAILABLE, NOT_APPLIED, True,
        "The service takes no requests at the moment."),
    problems.ServerError: Failure(
        errors.UpstreamUnavailableError, ErrorCode.UPSTREAM_UNAVAILABLE, UNKNOWN, True,
        "The service failed while it handled the request."),
    problems.UnclearAnswerError: Failure(
        errors.UpstreamUnavailableError, ErrorCode.UPSTREAM_UNAVAILABLE, UNKNOWN, True,
        "The service did not say whether the change was made."),
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


EVERY_MUTATION_MEETS: tuple[type[Exception], ...] = tuple(
    kind for kind, row in FAILURES.items() if not issubclass(row.member, errors.NotFound)
)
"""The failures that any mutation can meet. The others need a type of each resource's own."""
