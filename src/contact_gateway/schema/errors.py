"""The error types of the mutation: every failure is a type of its own, behind one interface."""

from enum import Enum

import strawberry

from contact_gateway.context import RequestContext
from contact_gateway.upstream.problems import Problem

__all__ = [
    "ContactGroupNotFoundError",
    "ErrorCode",
    "ErrorOrigin",
    "FieldError",
    "InvalidInputError",
    "MutationError",
    "PermissionDeniedError",
    "ProblemDetails",
    "RateLimitedError",
    "RequestRejectedError",
    "UnexpectedProblemError",
    "UpstreamUnavailableError",
    "WriteOutcome",
]


@strawberry.enum(description="What kind of failure this is. Stable, for programs.")
class ErrorCode(Enum):
    """The code of a failed mutation and, in `extensions.code`, of a failed query."""

    INVALID_INPUT = "INVALID_INPUT"
    NOT_FOUND = "NOT_FOUND"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    REQUEST_REJECTED = "REQUEST_REJECTED"
    RATE_LIMITED = "RATE_LIMITED"
    UPSTREAM_UNAVAILABLE = "UPSTREAM_UNAVAILABLE"
    UNEXPECTED_PROBLEM = "UNEXPECTED_PROBLEM"


@strawberry.enum(description="Whether the change may have been made.")
class WriteOutcome(Enum):
    """A true answer to "was my change made?"."""

    NOT_APPLIED = strawberry.enum_value("NOT_APPLIED", description="The change was not made.")
    UNKNOWN = strawberry.enum_value(
        "UNKNOWN",
        description="The upstream stopped answering after it may have made the change.",
    )


@strawberry.enum(description="Who refused the input.")
class ErrorOrigin(Enum):
    """Who refused the input: the gateway, before anything was sent, or the upstream."""

    GATEWAY = "GATEWAY"
    UPSTREAM = "UPSTREAM"


@strawberry.type(description="RFC 9457 problem details.")
class ProblemDetails:
    """What the upstream said of a failure; a member it left out is null."""

    type: str = strawberry.field(
        description="URI reference of the problem type; about:blank where the upstream gave none."
    )
    title: str | None
    status: int = strawberry.field(description="The HTTP status that the upstream answered with.")
    detail: str | None
    instance: str | None

    @classmethod
    def of(cls, problem: Problem) -> "ProblemDetails":
        """The GraphQL form of a problem."""
        return cls(
            type=problem.type,
            title=problem.title,
            status=problem.status,
            detail=problem.detail,
            instance=problem.instance,
        )


@strawberry.type(description="Why one input field was refused.")
class FieldError:
    """The messages about one place in the arguments."""

    path: list[str] = strawberry.field(
        description='Where in the GraphQL arguments: ["input", "name"], ["id"], or ["input"] '
        "for the whole input."
    )
    messages: list[str]


@strawberry.interface(
    description="What every failed mutation tells. Select it to handle failures that a client "
    "does not know yet."
)
class MutationError:
    """The fields that all error types share."""

    message: str = strawberry.field(description="One plain sentence, safe to show to a person.")
    code: ErrorCode = strawberry.field(description="Stable, for programs.")
    outcome: WriteOutcome = strawberry.field(description="Whether the change may have been made.")
    retryable: bool = strawberry.field(description="Whether the same request may succeed later.")
    problem: ProblemDetails | None = strawberry.field(
        description="The upstream's problem document; null where the gateway itself found the "
        "failure."
    )

    @strawberry.field(description="Names this request in the gateway's logs.")
    def request_id(self, info: strawberry.Info[RequestContext, None]) -> str:
        """The id of the request, as in its X-Request-Id."""
        return info.context.request_id


@strawberry.type(description="The input was refused, by the gateway or by the upstream.")
class InvalidInputError(MutationError):
    """Why which field was refused, and by whom."""

    field_errors: list[FieldError]
    origin: ErrorOrigin


@strawberry.type(description="The customer has no contact group with this id.")
class ContactGroupNotFoundError(MutationError):
    """The group that was not found."""

    contact_group_id: strawberry.ID


@strawberry.type(description="The caller may not do this.")
class PermissionDeniedError(MutationError):
    """The scope that is missing, if it is a scope."""

    required_scope: str | None = strawberry.field(
        description="The scope that the caller's token lacks; null where the upstream refused "
        "for another reason."
    )


@strawberry.type(description="The upstream refused the request for the reason in its problem.")
class RequestRejectedError(MutationError):
    """A refusal that no other type stands for."""


@strawberry.type(description="Too many requests.")
class RateLimitedError(MutationError):
    """When to come back, if the upstream said so."""

    retry_after_seconds: int | None


@strawberry.type(description="The upstream could not be reached, or failed, or was too slow.")
class UpstreamUnavailableError(MutationError):
    """When to come back, if the upstream said so."""

    retry_after_seconds: int | None


@strawberry.type(description="Something happened that nobody foresaw.")
class UnexpectedProblemError(MutationError):
    """The status of an answer that the upstream is not known to give, if it was an answer."""

    upstream_status: int | None
