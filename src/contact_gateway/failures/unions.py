"""The unions of mutations, made from the table of failures; and the failures that become members.

Total on purpose: a raising non-null field would null its siblings, and a change that was already
made would vanish from the reply. `total_schemas.py` looks whether it is.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
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
from contact_gateway.failures.table import EVERY_MUTATION_MEETS, FAILURES, Failure, failure_of
from contact_gateway.operations import Check, is_object_class, is_same_field, name_of
from contact_gateway.rest_client.problems import AnsweredError, Problem, UpstreamError

__all__ = ["Checks", "FailuresAsData", "IncompleteUnionError", "Noted"]

Info = strawberry.Info[RequestContext[Any], None]
ErrorType = type[MutationError]

_log = structlog.get_logger(__name__)


class IncompleteUnionError(Exception):
    """A mutation could end in a failure that its union has no type for; the message names both."""


class UncheckedSchemaError(Exception):
    """A mutation is asked for whose schema `total_schema` has not made."""


class WrongResultError(Exception):
    """A resolver has returned something else than the success that it declares."""


@dataclass(frozen=True, slots=True)
class Checks:
    """How to look at the members of a union before they are handed on, so that none is nulled.

    `success` is the class of what the resolver declares, `name` what GraphQL calls it.
    """

    success: type
    name: str
    of_success: Check
    failures: Mapping[type, Check]


class Noted(FieldExtension):
    """Notes in the record of the request what a field came to: the name of its type.

    Of a list, it is what its items came to, each name once.
    """

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: Info, **kwargs: Any
    ) -> Any:
        """Resolve the field and note what it came to."""
        try:
            result = await next_(source, info, **kwargs)
        except Exception as error:
            _note(info, _name_of(error))
            raise
        results = result if isinstance(result, list) else [result]
        for name in dict.fromkeys(map(_name_of, results)):
            _note(info, name)
        return result


class FailuresAsData(FieldExtension):
    """Makes the result of a mutation a union: the success that its resolver returns, or a failure.

    The union has the types that the table of failures has for all that any mutation can meet, and
    for those that it `also_meets`. `own_types` stand for those that each resource has a type of its
    own for. Whatever else is raised becomes an `UnexpectedProblemError`, so the mutation is total.
    One that is not `idempotent` cannot be repeated once it may have been applied.

    Each mutation has one of its own, and its schema is made by `total_schema`.
    """

    def __init__(
        self,
        union: str,
        *,
        also_meets: Collection[type[Exception]] = (),
        own_types: Collection[ErrorType] = (),
        idempotent: bool,
    ) -> None:
        self.union = union
        self._meets = tuple(dict.fromkeys((*EVERY_MUTATION_MEETS, *also_meets)))
        self._own_types = own_types
        self._idempotent = idempotent
        self._field: StrawberryField | None = None
        self._members: Mapping[type, ErrorType] = {}
        self.declared: Any = None
        self.checks: Checks | None = None

    def apply(self, field: StrawberryField) -> None:
        """Widen the type of the field to the union.

        Raises:
            IncompleteUnionError: a failure that the field can meet has no type, or its success is
                no object type, or the union is that of another field already.
        """
        if self._field is None:
            self._field, self.declared = field, field.type
        elif not is_same_field(self._field, field):
            raise IncompleteUnionError(
                f"{name_of(field)} and {name_of(self._field)} share one {type(self).__name__}: "
                "each mutation needs its own"
            )
        if not is_object_class(self.declared):
            raise IncompleteUnionError(
                f"{name_of(field)}: its success is not one object type, never null and not generic"
            )
        self._members = dict(self.types_of(field))
        field.type = Annotated[
            Union[self.declared, *self._members.values()],
            strawberry.union(
                self.union, description="Success, or one type for every kind of failure."
            ),
        ]

    def types_of(self, field: StrawberryField) -> Iterator[tuple[type, ErrorType]]:
        """What failures are in the table, and the type in the union for each.

        Raises:
            IncompleteUnionError: a failure that the field can meet has no type.
        """
        name = name_of(field)
        for kind in self._meets:
            if kind not in FAILURES:
                raise IncompleteUnionError(f"{name} can meet {kind.__name__}: FAILURES lacks it")
            member = FAILURES[kind].member
            if not issubclass(member, NotFound):
                yield member, member
                continue
            own = [each for each in self._own_types if issubclass(each, member)]
            if not own or not issubclass(own[0], MutationError):
                raise IncompleteUnionError(
                    f"{name} can meet {kind.__name__}: none of its own types derives from "
                    f"{member.__name__}, and from {MutationError.__name__}"
                )
            yield member, own[0]

    def samples(self) -> Iterator[tuple[type[Exception], Callable[[], MutationError]]]:
        """Each kind of failure, and how the member for one that tells nothing of itself is made."""
        for kind in self._meets:
            yield kind, partial(self._made, _silent(kind), FAILURES[kind])

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: Info, **kwargs: Any
    ) -> Any:
        """Resolve the field and note its success; a failure comes back through `member_of`.

        Raises:
            UncheckedSchemaError: nobody has looked whether the mutation is total; nothing is done.
            WrongResultError: the resolver has not returned what it declares.
        """
        checks = self.checks
        if checks is None:
            raise UncheckedSchemaError(info.field_name)
        result = await next_(source, info, **kwargs)
        if type(result) is not checks.success:
            raise WrongResultError(type(result).__name__)
        checks.of_success(result)
        info.context.record.results.append((info.field_name, checks.name))  # `_note`, at once
        return result

    def member_of(self, exception: Exception, info: Info) -> MutationError:
        """The member of the union that stands for an exception, noted as the field's result.

        What goes wrong on the way is a bug like another, and hides nothing either.
        """
        failure = failure_of(exception)
        if failure is FAILURES[Exception]:
            _log.error("bug", request_id=info.context.request_id, exc_info=exception)
        try:
            result = self._checked(exception, failure, info)
        except Exception as error:  # noqa: BLE001 - the total mapper
            _log.error("bug", request_id=info.context.request_id, exc_info=error)
            result = _unexpected(failure)
        _note(info, _type_name(type(result)))
        return result

    def _checked(self, exception: Exception, failure: Failure, info: Info) -> MutationError:
        if failure.member not in self._members:
            _log.error("undeclared_failure", field=info.field_name, kind=type(exception).__name__)
        result = self._made(exception, failure)
        if self.checks is not None:
            self.checks.failures[type(result)](result)
        return result

    def _made(self, exception: Exception, failure: Failure) -> MutationError:
        member = self._members.get(failure.member)
        problem = exception.problem if isinstance(exception, UpstreamError) else None
        unmade = failure.outcome is WriteOutcome.NOT_APPLIED
        told = failure if member else FAILURES[Exception]
        member = member or UnexpectedProblemError
        values = {
            "message": told.message,
            "code": told.code,
            "outcome": failure.outcome,
            "retryable": failure.retryable and (unmade or self._idempotent),
            "problem": None if problem is None else ProblemDetails.of(problem),
            **member.own_fields(exception),
        }
        return member(**values)


def _unexpected(failure: Failure) -> UnexpectedProblemError:
    """What there is left to say of a failure that its own type cannot tell."""
    return UnexpectedProblemError(
        message=FAILURES[Exception].message,
        code=FAILURES[Exception].code,
        outcome=failure.outcome,
        retryable=False,
        problem=None,
        upstream_status=None,
    )


def _silent(kind: type[Exception]) -> Exception:
    """An exception of this kind that nobody has told anything."""
    return kind(Problem(400)) if issubclass(kind, AnsweredError) else kind.__new__(kind)


def _note(info: Info, result: str) -> None:
    """Note what a field came to."""
    info.context.record.results.append((info.field_name, result))


def _name_of(result: object) -> str:
    """What a result or the failure in its place is called."""
    if isinstance(result, Exception):
        return failure_of(result).member.__name__
    return "null" if result is None else _type_name(type(result))


def _type_name(kind: type) -> str:
    return get_object_definition(kind, strict=True).name
