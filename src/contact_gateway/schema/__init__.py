"""The GraphQL schema: types, permissions, resolvers, and failures as data."""

import strawberry
from graphql import GraphQLSchema

from contact_gateway.schema.contact_groups import Mutation, Query
from contact_gateway.schema.errors import MutationError
from contact_gateway.schema.failures import FailuresAsData

__all__ = ["build_schema", "print_sdl"]


def _strawberry_schema() -> strawberry.Schema:
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        types=[MutationError],
        exception_handlers=[FailuresAsData()],
    )


def build_schema() -> GraphQLSchema:
    """The executable schema."""
    # Strawberry names no public way to it; its own views execute this very object.
    return _strawberry_schema()._schema  # noqa: SLF001


def print_sdl() -> str:
    """The schema in the schema definition language, as in schema.graphql."""
    return _strawberry_schema().as_str() + "\n"
