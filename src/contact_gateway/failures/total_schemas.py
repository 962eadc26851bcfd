"""The one way to make a schema whose mutations are total: checked before the first one runs."""

from collections.abc import Callable, Mapping
from typing import Any

import strawberry
from graphql import (
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLUnionType,
)
from strawberry.types import get_object_definition
from strawberry.types.field import StrawberryField

from contact_gateway.context import RequestContext
from contact_gateway.failures.errors import MutationError, UnexpectedProblemError, WriteOutcome
from contact_gateway.failures.table import EVERY_MUTATION_MEETS, FAILURES
from contact_gateway.failures.unions import Checks, FailuresAsData, IncompleteUnionError
from contact_gateway.operations import (
    Check,
    ResolvedFieldError,
    WholeResults,
    definition_of,
    executable,
    extensions_of,
    field_of,
    make_schema,
    name_of,
)

__all__ = ["total_schema"]

Info = strawberry.Info[RequestContext[Any], None]


def total_schema(
    query: type, mutation: type, keys: Mapping[str, str] | None = None
) -> strawberry.Schema:
    """A schema whose every mutation ends in a member of its union, whatever happens.

    With `keys`, by type the field that it is known by elsewhere, it is a subgraph.

    Raises:
        IncompleteUnionError: a mutation can end in a failure that its union has no type for, its
            result is no union made by `FailuresAsData`, or a member could be nulled after all.
    """
    try:
        schema = make_schema(query, mutation, [MutationError], [_MembersOfUnions()], keys)
    except Exception as error:
        # graphql-core has put it into words of its own
        if isinstance(error.__cause__, IncompleteUnionError):
            raise error.__cause__ from None
        raise
    built = executable(schema)
    assert built.mutation_type is not None  # noqa: S101 - it was handed over
    for field in built.mutation_type.fields.values():
        _look_at(built, field)
    return schema


class _MembersOfUnions(strawberry.ExceptionHandler[Exception, UnexpectedProblemError]):
    """Hands every exception of a field with `FailuresAsData` to that: Strawberry's way to catch it.

    Not in the extension itself, which sees no exception of the arguments' conversion.
    """

    def handle(self, exception: Exception, *, field: StrawberryField, info: Info) -> Any:
        """The member of the union that stands for `exception`."""
        for extension in extensions_of(field):
            if isinstance(extension, FailuresAsData):
                return extension.member_of(exception, info)
        raise exception  # a query's; `total_schema` has seen to it that mutations have one


def _look_at(schema: GraphQLSchema, field: GraphQLField) -> None:
    """Look whether one mutation is total, and tell its union how to look at its members."""
    known = field_of(field)
    assert known is not None  # noqa: S101 - the schema is Strawberry's
    as_data = _one_extension(known)
    union = _inner(field.type)
    types = {kind.name: kind for kind in getattr(union, "types", ())}
    success = getattr(get_object_definition(as_data.declared), "name", "")
    failures = types.keys() - {success}
    if not isinstance(union, GraphQLUnionType) or success not in types:
        raise _no_union(known)
    if not failures >= {_member_name(kind) for kind in EVERY_MUTATION_MEETS}:
        raise _no_union(known)
    for name in failures:
        if schema.type_map["MutationError"] not in types[name].interfaces:
            raise IncompleteUnionError(f"{name_of(known)}: {name} is no MutationError")
    if not _says_what_became_of_it(schema, types[success]):
        raise IncompleteUnionError(f"{name_of(known)}: {success} has no outcome: WriteOutcome!")
    try:
        as_data.checks = _checks(schema, types, success)
    except ResolvedFieldError as error:
        raise IncompleteUnionError(f"{name_of(known)} can be nulled: {error}") from error
    for kind, make in as_data.samples():
        _try(f"{name_of(known)} can meet {kind.__name__}", make, as_data.checks)


def _one_extension(field: StrawberryField) -> FailuresAsData:
    unions = [each for each in extensions_of(field) if isinstance(each, FailuresAsData)]
    if len(unions) != 1:
        raise _no_union(field)
    return unions[0]


def _no_union(field: StrawberryField) -> IncompleteUnionError:
    return IncompleteUnionError(
        f"{name_of(field)} can meet {Exception.__name__}: its result is no union of "
        f"{FailuresAsData.__name__}"
    )


def _inner(kind: GraphQLOutputType) -> GraphQLOutputType | None:
    """What a type that cannot be null is without that."""
    return kind.of_type if isinstance(kind, GraphQLNonNull) else None


def _member_name(kind: type[Exception]) -> str:
    return get_object_definition(FAILURES[kind].member, strict=True).name


def _says_what_became_of_it(schema: GraphQLSchema, success: GraphQLObjectType) -> bool:
    outcome = success.fields.get("outcome")
    return outcome is not None and _inner(outcome.type) is schema.type_map[WriteOutcome.__name__]


def _checks(schema: GraphQLSchema, types: dict[str, GraphQLObjectType], success: str) -> Checks:
    [request_id] = [
        field
        for field in get_object_definition(MutationError, strict=True).fields
        if name_of(field) == "request_id"  # a resolver of ours, which cannot fail
    ]
    results = WholeResults(schema, request_id)
    checks: dict[type, Check] = {
        definition_of(kind).origin: results.check_of(kind) for kind in types.values()
    }
    origin = definition_of(types[success]).origin
    return Checks(origin, success, checks.pop(origin), checks)


def _try(what: str, make: Callable[[], MutationError], checks: Checks) -> None:
    """Make a member for trial, so that it is known before it is needed that it can be made."""
    try:
        member = make()
        checks.failures[type(member)](member)
    except Exception as error:
        raise IncompleteUnionError(f"{what}, and its type cannot be made: {error}") from error
