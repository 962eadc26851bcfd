"""The GraphQL schema: types, permissions, resolvers, and failures as data."""

from functools import lru_cache

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter

from contact_gateway.schema.contact_groups import Mutation, Query
from contact_gateway.schema.errors import MutationError
from contact_gateway.schema.failures import FailuresAsData

__all__ = ["build_schema", "print_sdl"]


class _Names(NameConverter):
    """Strawberry's names, each made once: it asks for those of arguments on each request."""

    apply_naming_config = staticmethod(lru_cache(NameConverter().apply_naming_config))


def _strawberry_schema() -> strawberry.Schema:
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        types=[MutationError],
        exception_handlers=[FailuresAsData()],
        config=StrawberryConfig(name_converter=_Names()),
    )


def build_schema() -> GraphQLSchema:
    """The executable schema."""
    # Strawberry names no public way to it; its own views execute this very object.
    return _strawberry_schema()._schema  # noqa: SLF001


def print_sdl() -> str:
    """The schema in the schema definition language, as in schema.graphql."""
    return _strawberry_schema().as_str() + "\n"
