"""Who calls, and for which customer: values, decided without HTTP and without GraphQL."""

from contact_gateway.identity.customers import BadCustomerIdError, choose_customer
from contact_gateway.identity.key_set import KeySet
from contact_gateway.identity.principal import Principal
from contact_gateway.identity.tokens import InvalidTokenError, TokenRules, TokenVerifier

__all__ = [
    "BadCustomerIdError",
    "InvalidTokenError",
    "KeySet",
    "Principal",
    "TokenRules",
    "TokenVerifier",
    "choose_customer",
]
