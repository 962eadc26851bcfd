"""GraphQL over HTTP: one endpoint, GraphiQL and health."""

from contact_gateway.http.authentication import Verifier
from contact_gateway.http.endpoint import GraphQLEndpoint
from contact_gateway.http.graphiql import GraphiQL
from contact_gateway.http.health import Readiness, livez

__all__ = ["GraphQLEndpoint", "GraphiQL", "Readiness", "Verifier", "livez"]
