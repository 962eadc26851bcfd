"""Who calls, and for which customer: values, decided without HTTP and without GraphQL."""

from contact_gateway.identity.customers import BadCustomerIdError, choose_customer
from contact_gateway.identity.introspection import IntrospectionVerifier, VerifierUnavailableError
from contact_gateway.identity.key_set import KeySet
from contact_gateway.identity.principal import Principal
from contact_gateway.identity.remembered_tokens import RememberedTokens
from contact_gateway.identity.signed_token import InvalidTokenError
from contact_gateway.identity.signing_keys import read_key_set
from contact_gateway.identity.tokens import TokenRules, TokenVerifier
from contact_gateway.identity.unverified_tokens import UpstreamVerifier

__all__ = [
    "BadCustomerIdError",
    "IntrospectionVerifier",
    "InvalidTokenError",
    "KeySet",
    "Principal",
    "RememberedTokens",
    "TokenRules",
    "TokenVerifier",
    "UpstreamVerifier",
    "VerifierUnavailableError",
    "choose_customer",
    "read_key_set",
]
