"""GraphQL over HTTP: one endpoint, and health and metrics beside it."""

from contact_gateway.http.authentication import Verifier
from contact_gateway.http.cross_origin import CrossOrigin, RefusedOrigins
from contact_gateway.http.described import described_to_gateways
from contact_gateway.http.endpoint import GraphQLEndpoint
from contact_gateway.http.entrance import Entrance
from contact_gateway.http.health import Readiness, livez
from contact_gateway.http.metrics_page import MetricsPage
from contact_gateway.http.observed import Observed
from contact_gateway.http.other_routes import Lifetimes, other_routes

__all__ = [
    "CrossOrigin",
    "Entrance",
    "GraphQLEndpoint",
    "Lifetimes",
    "MetricsPage",
    "Observed",
    "Readiness",
    "RefusedOrigins",
    "Verifier",
    "described_to_gateways",
    "livez",
    "other_routes",
]
