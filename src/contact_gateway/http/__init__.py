"""GraphQL over HTTP: the connection, one endpoint, GraphiQL and health."""

from contact_gateway.http.authentication import Verifier
from contact_gateway.http.connection import HTTPConnection
from contact_gateway.http.cross_origin import CrossOrigin
from contact_gateway.http.endpoint import GraphQLEndpoint
from contact_gateway.http.entrance import Entrance
from contact_gateway.http.graphiql import RENAME, GraphiQL, Tab, Workspace
from contact_gateway.http.health import Readiness, livez
from contact_gateway.http.metrics import MetricsPage
from contact_gateway.http.observed import Observed
from contact_gateway.http.plain_text import refuse_in_plain_text
from contact_gateway.http.turns import Turns

__all__ = [
    "RENAME",
    "CrossOrigin",
    "Entrance",
    "GraphQLEndpoint",
    "GraphiQL",
    "HTTPConnection",
    "MetricsPage",
    "Observed",
    "Readiness",
    "Tab",
    "Turns",
    "Verifier",
    "Workspace",
    "livez",
    "refuse_in_plain_text",
]
