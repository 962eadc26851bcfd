"""From Strawberry's classes to the schema that graphql-core executes, and to its printed form."""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar, cast

import strawberry
from graphql import GraphQLError, GraphQLID, GraphQLNamedType, GraphQLScalarType, GraphQLSchema
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types import get_object_definition
from strawberry.types.arguments import InputContext

from contact_gateway.operations.subgraphs import Subgraph

__all__ = ["executable", "make_schema", "read_input_with"]

Input = TypeVar("Input")

# Strawberry's own has the address of a PDF for its specification
_JSON = strawberry.scalar(name="JSON", description="Any JSON value.", serialize=lambda value: value)


class _OwnScalar(GraphQLScalarType):
    """A scalar that may have the name of one of the specification's."""

    reserved_types: Mapping[str, GraphQLNamedType] = MappingProxyType({})


def _read_id(value: object) -> str:
    """An ID from a variable: a string or an integer (GraphQL specification 3.5.5).

    graphql-core takes 1.0 for 1. Which number was meant, nobody can tell then: JSON's
    9007199254740993.0 has lost its last digit before it comes here.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        raise GraphQLError(f"ID cannot represent a non-string and non-integer value: {value}")
    return cast("str", GraphQLID.coerce_input_value(value))


_ID = strawberry.scalar(name="ID")
_ID.implementation = _OwnScalar(
    "ID",
    description=GraphQLID.description,
    coerce_output_value=GraphQLID.coerce_output_value,
    coerce_input_value=_read_id,
    coerce_input_literal=GraphQLID.coerce_input_literal,
    value_to_literal=GraphQLID.value_to_literal,
)


class _Names(NameConverter):
    """Strawberry's names, each made once: it asks for those of arguments on each request."""

    apply_naming_config = staticmethod(lru_cache(NameConverter().apply_naming_config))


def make_schema(
    query: type,
    mutation: type,
    types: Collection[type] = (),
    exception_handlers: Collection[strawberry.ExceptionHandler[Any, Any]] = (),
    keys: Mapping[str, str] | None = None,
) -> strawberry.Schema:
    """A schema of Strawberry's; the arguments are those of `strawberry.Schema`.

    With `keys`, it is a `Subgraph`.
    """
    parts: dict[str, Any] = {
        "query": query,
        "mutation": mutation,
        "types": types,
        "exception_handlers": exception_handlers,
        "config": StrawberryConfig(
            name_converter=_Names(), scalar_map={JSON: _JSON, strawberry.ID: _ID}
        ),
    }
    return strawberry.Schema(**parts) if keys is None else Subgraph(keys, **parts)


def executable(schema: strawberry.Schema) -> GraphQLSchema:
    """What graphql-core executes."""
    # Strawberry names no public way to it; its own views execute this very object.
    return schema._schema  # noqa: SLF001


def read_input_with(input_type: type[Input], read: Callable[[Mapping[str, Any]], Input]) -> None:
    """Make objects of an input type by `read`, from what graphql-core has coerced already.

    Strawberry's own way asks everything of each field anew for each request: a tenth of a mutation.
    """

    def from_input(_: type, given: Mapping[str, Any], __: InputContext) -> Input:
        return read(given)

    get_object_definition(input_type, strict=True).from_input = from_input
