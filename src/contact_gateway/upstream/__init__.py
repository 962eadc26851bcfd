"""The REST API as the gateway sees it: operations, problems and the transport. Knows no GraphQL."""

from contact_gateway.upstream.breaker import Breaker
from contact_gateway.upstream.bulkhead import Bulkhead
from contact_gateway.upstream.caller import Caller
from contact_gateway.upstream.contact_groups import ContactGroups
from contact_gateway.upstream.credentials import ClientCredentials, CredentialsTransport
from contact_gateway.upstream.documents import fetch_document
from contact_gateway.upstream.guard import Guard
from contact_gateway.upstream.listing import ContactGroup, ContactGroupPage, ContactGroupQuery
from contact_gateway.upstream.probe import probe
from contact_gateway.upstream.problems import UpstreamError
from contact_gateway.upstream.retries import Retries
from contact_gateway.upstream.retry_budget import RetryBudget
from contact_gateway.upstream.token_endpoint import TokenEndpoint
from contact_gateway.upstream.transport import Transport
from contact_gateway.upstream.watched import WatchedTransport, follow_credentials, follow_guard

__all__ = [
    "Breaker",
    "Bulkhead",
    "Caller",
    "ClientCredentials",
    "ContactGroup",
    "ContactGroupPage",
    "ContactGroupQuery",
    "ContactGroups",
    "CredentialsTransport",
    "Guard",
    "Retries",
    "RetryBudget",
    "TokenEndpoint",
    "Transport",
    "UpstreamError",
    "WatchedTransport",
    "fetch_document",
    "follow_credentials",
    "follow_guard",
    "probe",
]
