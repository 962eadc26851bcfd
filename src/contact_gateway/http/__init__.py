"""GraphQL over HTTP: one endpoint, and health and metrics beside it."""

from contact_gateway.http.cross_origin import CrossOrigin
from contact_gateway.http.endpoint import GraphQLEndpoint
from contact_gateway.http.entrance import Entrance
from contact_gateway.http.health import Readiness, livez
from contact_gateway.http.metrics_page import MetricsPage
from contact_gateway.http.observed import Observed
from contact_gateway.http.plain_text import refuse_in_plain_text
from contact_gateway.http.verifiers import open_verifier

__all__ = [
    "CrossOrigin",
    "Entrance",
    "GraphQLEndpoint",
    "MetricsPage",
    "Observed",
    "Readiness",
    "livez",
    "open_verifier",
    "refuse_in_plain_text",
]
