"""The REST API as the gateway sees it: operations, problems and the transport. Knows no GraphQL."""

from contact_gateway.upstream.contact_groups import (
    Caller,
    ContactGroup,
    ContactGroupPage,
    ContactGroupQuery,
    ContactGroups,
)
from contact_gateway.upstream.credentials import ClientCredentials, CredentialsTransport
from contact_gateway.upstream.documents import fetch_document
from contact_gateway.upstream.token_endpoint import TokenEndpoint
from contact_gateway.upstream.transport import Transport

__all__ = [
    "Caller",
    "ClientCredentials",
    "ContactGroup",
    "ContactGroupPage",
    "ContactGroupQuery",
    "ContactGroups",
    "CredentialsTransport",
    "TokenEndpoint",
    "Transport",
    "fetch_document",
]
