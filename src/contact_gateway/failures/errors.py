"""The error types of mutations: every failure is a type of its own, behind one interface.

Each says itself how its own fields follow from an exception (`own_fields`), beside those of the
interface.
"""

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from typing import Any

import strawberry
from strawberry.scalars import JSON

from contact_gateway.context import RequestContext
from contact_gateway.failures.refused import InvalidArgumentsError
from contact_gateway.rest_client.problems import AnsweredError, FieldErrors, Problem

__all__ = [
    "ErrorCode",
    "ErrorOrigin",
    "FieldError",
    "InvalidInputError",
    "MutationError",
    "NotFound",
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

    INVALID_INPUT = strawberry.enum_value(
        "INVALID_INPUT", description="The input was refused, by the gateway or by the upstream."
    )
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is nothing with this id.")
    PERMISSION_DENIED = strawberry.enum_value(
        "PERMISSION_DENIED", description="The caller may not do this."
    )
    REQUEST_REJECTED = strawberry.enum_value(
        "REQUEST_REJECTED",
        description="The upstream refused the request for the reason in its problem.",
    )
    RATE_LIMITED = strawberry.enum_value("RATE_LIMITED", description="There are too many requests.")
    UPSTREAM_UNAVAILABLE = strawberry.enum_value(
        "UPSTREAM_UNAVAILABLE",
        description="The upstream could not be reached, or failed, or was too slow.",
    )
    UNEXPECTED_PROBLEM = strawberry.enum_value(
        "UNEXPECTED_PROBLEM", description="Something happened that nobody foresaw."
    )


@strawberry.enum(description="Whether the change was made.")
class WriteOutcome(Enum):
    """A true answer to "was my change made?"."""

    APPLIED = strawberry.enum_value("APPLIED", description="The change was made.")
    ACCEPTED = strawberry.enum_value(
        "ACCEPTED", description="The upstream has accepted the change and will make it."
    )
    NOT_APPLIED = strawberry.enum_value("NOT_APPLIED", description="The change was not made.")
    UNKNOWN = strawberry.enum_value(
        "UNKNOWN",
        description="The upstream stopped answering after it may have made the change.",
    )


@strawberry.enum(description="Who refused the input.")
class ErrorOrigin(Enum):
    """Who refused the input: the gateway, before anything was sent, or the upstream."""

    GATEWAY = strawberry.enum_value(
        "GATEWAY", description="The gateway; nothing was sent to the upstream."
    )
    UPSTREAM = strawberry.enum_value("UPSTREAM", description="The upstream.")


@strawberry.type(description="RFC 9457 problem details.")
class ProblemDetails:
    """What the upstream said of a failure; a member it left out is null."""

    type: str = strawberry.field(
        description="URI reference of the problem type; about:blank where the upstream gave none."
    )
    title: str | None = strawberry.field(description="A short summary of the problem type.")
    status: int = strawberry.field(description="The HTTP status that the upstream answered with.")
    detail: str | None = strawberry.field(
        description="What is special about this occurrence of the problem."
    )
    instance: str | None = strawberry.field(
        description="URI reference of this occurrence of the problem."
    )
    extensions: JSON | None = strawberry.field(
        description="Further members of the problem, or of another JSON object in its place, as "
        "they came (RFC 9457 section 3.2)."
    )

    @classmethod
    def of(cls, problem: Problem) -> "ProblemDetails":
        """The GraphQL form of a problem."""
        return cls(**cls.members_of(problem))

    @classmethod
    def members_of(cls, problem: Problem) -> dict[str, Any]:
        """The members of a problem by name, as the errors of queries have them too."""
        return {field.name: getattr(problem, field.name) for field in fields(cls)}


@strawberry.type(description="Why one input field was refused.")
class FieldError:
    """The messages about one place in the arguments."""

    path: list[str] = strawberry.field(
        description='Where in the GraphQL arguments: ["input", "name"], ["id"], or ["input"] '
        "for the whole input."
    )
    messages: list[str] = strawberry.field(description="Why, for a person, in the order given.")


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
    def request_id(self, info: strawberry.Info[RequestContext[Any], None]) -> str:
        """The id of the request, as in its X-Request-Id."""
        return info.context.request_id

    @classmethod
    def own_fields(cls, exception: Exception) -> Mapping[str, Any]:  # noqa: ARG003 - it has none
        """The values of the fields that a type has beside those of the interface."""
        return {}


class NotFound:
    """What a type derives from, beside `MutationError`, that says that one thing is not there.

    Each resource has a type of its own for that.
    """


@strawberry.type(description="The input was refused, by the gateway or by the upstream.")
class InvalidInputError(MutationError):
    """Why which field was refused, and by whom."""

    field_errors: list[FieldError] = strawberry.field(description="Each field that was refused.")
    origin: ErrorOrigin = strawberry.field(description="Who refused the input.")

    @classmethod
    def own_fields(cls, exception: Exception) -> Mapping[str, Any]:
        """What was refused, by whom."""
        by_gateway = isinstance(exception, InvalidArgumentsError)
        found: FieldErrors = getattr(exception, "field_errors", {})
        return {
            "field_errors": [
                FieldError(path=list(path), messages=list(messages))
                for path, messages in found.items()
            ],
            "origin": ErrorOrigin.GATEWAY if by_gateway else ErrorOrigin.UPSTREAM,
        }


@strawberry.type(description="The caller may not do this.")
class PermissionDeniedError(MutationError):
    """The scope that is missing, if it is a scope."""

    required_scope: str | None = strawberry.field(
        description="The scope that the caller's token lacks; null where the upstream refused "
        "for another reason."
    )

    @classmethod
    def own_fields(cls, exception: Exception) -> Mapping[str, Any]:
        """The scope, if the gateway itself found it missing."""
        return {"required_scope": getattr(exception, "required_scope", None)}


@strawberry.type(description="The upstream refused the request for the reason in its problem.")
class RequestRejectedError(MutationError):
    """A refusal that no other type stands for."""


@strawberry.type(description="Too many requests.")
class RateLimitedError(MutationError):
    """When to come back, if the upstream said so."""

    retry_after_seconds: int | None = strawberry.field(
        description="After how many seconds to try again, where the upstream said so."
    )

    @classmethod
    def own_fields(cls, exception: Exception) -> Mapping[str, Any]:
        """When to come back."""
        return {"retry_after_seconds": getattr(exception, "retry_after", None)}


@strawberry.type(description="The upstream could not be reached, or failed, or was too slow.")
class UpstreamUnavailableError(MutationError):
    """When to come back, if anybody knows."""

    retry_after_seconds: int | None = strawberry.field(
        description="After how many seconds to try again, where that is known."
    )

    @classmethod
    def own_fields(cls, exception: Exception) -> Mapping[str, Any]:
        """When to come back."""
        return {"retry_after_seconds": getattr(exception, "retry_after", None)}


@strawberry.type(description="Something happened that nobody foresaw.")
class UnexpectedProblemError(MutationError):
    """The status of an answer that the upstream is not known to give, if it was an answer."""

    upstream_status: int | None = strawberry.field(
        description="The HTTP status that the upstream answered with, if it did."
    )

    @classmethod
    def own_fields(cls, exception: Exception) -> Mapping[str, Any]:
        """The status of the answer, if there was one."""
        answered = exception if isinstance(exception, AnsweredError) else None
        return {"upstream_status": answered and answered.problem.status}
