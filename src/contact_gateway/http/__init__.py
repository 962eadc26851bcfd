"""GraphQL over HTTP: one endpoint, GraphiQL and health."""

from contact_gateway.http.authentication import Verifier
from contact_gateway.http.endpoint import GraphQLEndpoint
from contact_gateway.http.graphiql import RENAME, GraphiQL, Tab, Workspace
from contact_gateway.http.health import Readiness, livez

__all__ = [
    "RENAME",
    "GraphQLEndpoint",
    "GraphiQL",
    "Readiness",
    "Tab",
    "Verifier",
    "Workspace",
    "livez",
]
