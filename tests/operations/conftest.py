"""A reader of documents for the public schema, as in production."""

import pytest
from graphql import GraphQLSchema

from contact_gateway.contact_groups import build_schema
from contact_gateway.operations import Disclosure, DocumentReader


@pytest.fixture(scope="session")
def schema() -> GraphQLSchema:
    """The public schema."""
    return build_schema()


@pytest.fixture(scope="session")
def reader(schema: GraphQLSchema) -> DocumentReader:
    """A reader for a schema that cannot be introspected."""
    return DocumentReader(schema, Disclosure(schema, full=False), introspection=False)


@pytest.fixture(scope="session")
def introspecting_reader(schema: GraphQLSchema) -> DocumentReader:
    """A reader for a schema that can be introspected."""
    return DocumentReader(schema, Disclosure(schema, full=True), introspection=True)
