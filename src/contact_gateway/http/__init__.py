"""GraphQL over HTTP: one endpoint, and health and metrics beside it."""

from contact_gateway.http.beside import NO_GRAPHQL_HERE, Aside, Lifetimes, beside, lifespan_of
from contact_gateway.http.cross_origin import CrossOrigin, RefusedOrigins
from contact_gateway.http.described import described_to_gateways
from contact_gateway.http.endpoint import GraphQLEndpoint
from contact_gateway.http.entrance import Entrance
from contact_gateway.http.health import Readiness
from contact_gateway.http.observed import Observed
from contact_gateway.http.probes import probing_routes
from contact_gateway.http.verifiers import open_verifier

__all__ = [
    "NO_GRAPHQL_HERE",
    "Aside",
    "CrossOrigin",
    "Entrance",
    "GraphQLEndpoint",
    "Lifetimes",
    "Observed",
    "Readiness",
    "RefusedOrigins",
    "beside",
    "described_to_gateways",
    "lifespan_of",
    "open_verifier",
    "probing_routes",
]
