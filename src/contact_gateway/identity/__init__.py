"""Who calls, and for which customer: values, decided without HTTP and without GraphQL."""

from contact_gateway.identity.claims import ScopeNames
from contact_gateway.identity.customers import BadCustomerIdError, choose_customer
from contact_gateway.identity.discovery import (
    AnotherIssuerError,
    DiscoveryError,
    Document,
    Fetch,
    discover,
)
from contact_gateway.identity.examination import examine
from contact_gateway.identity.introspection import IntrospectionVerifier, VerifierUnavailableError
from contact_gateway.identity.issuers import Issuers
from contact_gateway.identity.key_set import KeySet
from contact_gateway.identity.principal import Principal
from contact_gateway.identity.remembered_tokens import RememberedTokens
from contact_gateway.identity.signed_token import InvalidTokenError, TokenTooLargeError
from contact_gateway.identity.signing_keys import SigningKeys, read_key_set
from contact_gateway.identity.token_rules import TokenRules
from contact_gateway.identity.tokens import TokenVerifier
from contact_gateway.identity.trust import (
    LARGEST_KEY_SET,
    key_set_sources,
    rules_of,
    trusted_issuers,
)
from contact_gateway.identity.unverified_tokens import UpstreamVerifier

__all__ = [
    "LARGEST_KEY_SET",
    "AnotherIssuerError",
    "BadCustomerIdError",
    "DiscoveryError",
    "Document",
    "Fetch",
    "IntrospectionVerifier",
    "InvalidTokenError",
    "Issuers",
    "KeySet",
    "Principal",
    "RememberedTokens",
    "ScopeNames",
    "SigningKeys",
    "TokenRules",
    "TokenTooLargeError",
    "TokenVerifier",
    "UpstreamVerifier",
    "VerifierUnavailableError",
    "choose_customer",
    "discover",
    "examine",
    "key_set_sources",
    "read_key_set",
    "rules_of",
    "trusted_issuers",
]
