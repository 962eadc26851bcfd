"""GraphQL over HTTP: one endpoint, and health and metrics beside it."""

from contact_gateway.http.authentication import Verifier
from contact_gateway.http.beside import GRAPHQL_IS_THERE, NO_GRAPHQL_HERE, Aside, beside
from contact_gateway.http.cross_origin import CrossOrigin
from contact_gateway.http.endpoint import GraphQLEndpoint
from contact_gateway.http.entrance import Entrance
from contact_gateway.http.health import Readiness
from contact_gateway.http.observed import Observed
from contact_gateway.http.probes import probing_routes

__all__ = [
    "GRAPHQL_IS_THERE",
    "NO_GRAPHQL_HERE",
    "Aside",
    "CrossOrigin",
    "Entrance",
    "GraphQLEndpoint",
    "Observed",
    "Readiness",
    "Verifier",
    "beside",
    "probing_routes",
]
