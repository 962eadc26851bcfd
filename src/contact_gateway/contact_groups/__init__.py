"""The mission: contact groups, from the GraphQL API to the REST operations behind it."""

from contact_gateway.contact_groups.examples import EXAMPLES, LIST, RENAME, VIEWER
from contact_gateway.contact_groups.graphql import (
    ENTITIES,
    Mutation,
    Query,
    build_schema,
    print_sdl,
)
from contact_gateway.contact_groups.of_request import ContactGroupsOfRequest, issued_scopes
from contact_gateway.contact_groups.rest import ContactGroupsAPI

__all__ = [
    "ENTITIES",
    "EXAMPLES",
    "LIST",
    "RENAME",
    "VIEWER",
    "ContactGroupsAPI",
    "ContactGroupsOfRequest",
    "Mutation",
    "Query",
    "build_schema",
    "issued_scopes",
    "print_sdl",
]
