"""The unions of mutations, made from the table of failures; and the failures that become members.

Total on purpose: a raising non-null field would null its siblings, and a change that was already
made would vanish from the reply.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Union

import strawberry
import structlog
from strawberry.extensions import FieldExtension
from strawberry.extensions.field_extension import AsyncExtensionResolver
from strawberry.types import get_object_definition
from strawberry.types.field import StrawberryField

from contact_gateway.context import RequestContext
from contact_gateway.failures.errors import (
    MutationError,
    NotFound,
    ProblemDetails,
    UnexpectedProblemError,
    WriteOutcome,
)
from contact_gateway.failures.table import FAILURES, Failure, failure_of
from contact_gateway.rest_client.problems import UpstreamError

__all__ = ["FailuresAsData", "IncompleteUnionError", "MembersOfUnions", "Noted", "require_unions"]

Info = strawberry.Info[RequestContext[Any], None]
ErrorType = type[MutationError]

_log = structlog.get_logger(__name__)


class IncompleteUnionError(Exception):
    """A mutation could end in a failure that its union has no type for; the message names both."""


class Noted(FieldExtension):
    """Notes in the record of the request what a field came to: the name of its type."""

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: Info, **kwargs: Any
    ) -> Any:
        """Resolve the field and note what it came to."""
        noted = info.context.record.results
        try:
            result = await next_(source, info, **kwargs)
        except Exception as error:
            noted.append((info.field_name, failure_of(error).member.__name__))
            raise
        noted.append((info.field_name, "null" if result is None else _name_of(type(result))))
        return result


class FailuresAsData(FieldExtension):
    """Makes the result of a mutation a union: the success that its resolver returns, or a failure.

    `meets` are the failures of the table that it can meet, and the union has the types that they
    have there. `own_types` stand for those that each resource has a type of its own for. Whatever
    else is raised becomes an `UnexpectedProblemError`, so the mutation is total. One that is not
    `idempotent` cannot be repeated once it may have been applied.
    """

    def __init__(
        self,
        union: str,
        *,
        meets: Collection[type[Exception]],
        own_types: Collection[ErrorType] = (),
        idempotent: bool,
    ) -> None:
        self._union = union
        self._meets = meets
        self._own_types = own_types
        self._idempotent = idempotent
        self._members: Mapping[type, ErrorType] = {}

    def apply(self, field: StrawberryField) -> None:
        """Widen the type of the field to the union."""
        if self._members:
            return  # by an earlier schema of the same classes
        self._members = dict(self.types_of(field))
        field.type = Annotated[
            Union[field.type, *self._members.values()],
            strawberry.union(
                self._union, description="Success, or one type for every kind of failure."
            ),
        ]

    def types_of(self, field: StrawberryField) -> Iterator[tuple[type, ErrorType]]:
        """What failures are in the table, and the type in the union for each.

        Raises:
            IncompleteUnionError: a failure that the field can meet has no type.
        """
        name = field.python_name
        for kind in [*self._meets, Exception]:
            if kind not in FAILURES:
                raise IncompleteUnionError(f"{name} can meet {kind.__name__}: FAILURES lacks it")
            member = FAILURES[kind].member
            if not issubclass(member, NotFound):
                yield member, member
                continue
            own = [each for each in self._own_types if issubclass(each, member)]
            if not own:
                raise IncompleteUnionError(
                    f"{name} can meet {kind.__name__}: none of its own types derives from "
                    f"{member.__name__}"
                )
            yield member, own[0]

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: Info, **kwargs: Any
    ) -> Any:
        """Resolve the field and note its success; a failure comes back through `member_of`."""
        result = await next_(source, info, **kwargs)
        info.context.record.results.append((info.field_name, _name_of(type(result))))
        return result

    def member_of(self, exception: Exception, info: Info) -> MutationError:
        """The member of the union that stands for an exception, noted as the field's result."""
        failure = failure_of(exception)
        if failure is FAILURES[Exception]:
            _log.error("bug", request_id=info.context.request_id, exc_info=exception)
        member = self._members.get(failure.member)
        if member is None:
            _log.error("undeclared_failure", field=info.field_name, kind=type(exception).__name__)
            member = UnexpectedProblemError
        info.context.record.results.append((info.field_name, _name_of(member)))
        problem = exception.problem if isinstance(exception, UpstreamError) else None
        values = {
            "message": failure.message,
            "code": failure.code,
            "outcome": failure.outcome,
            "retryable": self._retryable(failure),
            "problem": None if problem is None else ProblemDetails.of(problem),
            **member.own_fields(exception),
        }
        return member(**values)

    def _retryable(self, failure: Failure) -> bool:
        unmade = failure.outcome is WriteOutcome.NOT_APPLIED
        return failure.retryable and (unmade or self._idempotent)


class MembersOfUnions(strawberry.ExceptionHandler[Exception, UnexpectedProblemError]):
    """Hands every exception of a field with `FailuresAsData` to that: Strawberry's way to catch it.

    Not in the extension itself, which sees no exception of the arguments' conversion.
    """

    def handle(self, exception: Exception, *, field: StrawberryField, info: Info) -> Any:
        """The member of the union that stands for `exception`."""
        for extension in field.extensions:
            if isinstance(extension, FailuresAsData):
                return extension.member_of(exception, info)
        raise exception  # `require_unions` has seen to it that there is one


def require_unions(mutations: type) -> None:
    """Look whether every mutation is total, before the first one runs.

    Raises:
        IncompleteUnionError: one can end in a failure that its union has no type for, or its
            result is no union made by `FailuresAsData`.
    """
    for field in get_object_definition(mutations, strict=True).fields:
        unions = [each for each in field.extensions if isinstance(each, FailuresAsData)]
        if not unions:
            raise IncompleteUnionError(
                f"{field.python_name} can meet {Exception.__name__}: its result is no union of "
                f"{FailuresAsData.__name__}"
            )
        for union in unions:
            list(union.types_of(field))


def _name_of(kind: type) -> str:
    """The name of a GraphQL type."""
    name = _NAMES.get(kind)
    if name is None:
        name = _NAMES[kind] = get_object_definition(kind, strict=True).name
    return name


_NAMES: dict[type, str] = {}
