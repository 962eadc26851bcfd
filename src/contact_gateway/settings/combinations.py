"""Which settings need each other, and which do not go together."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from contact_gateway.settings.choices import (
    PREFIX,
    TokenVerification,
    TrustedDocumentsMode,
    UpstreamAuthentication,
)
from contact_gateway.settings.values import can_be_discovered

if TYPE_CHECKING:
    from contact_gateway.settings.definitions import Settings

__all__ = ["faults_together", "line_about"]

_INTROSPECTION = tuple(
    f"token_introspection_{part}" for part in ("url", "client_id", "client_secret")
)
_UNVERIFIED = (
    "expected jwks or introspection with client_credentials, because nobody else would verify the "
    "caller's token"
)
_UNBOUND = (
    "expected the name of the claim that holds the customers with client_credentials, because "
    "without it any caller could choose any customer"
)

_UNDISCOVERABLE = (
    "expected https URLs (http only on loopback) without a query, because the key sets are found "
    "by discovery; set JWT_JWKS_URL for an issuer that is none"
)
_ONE_FOR_SEVERAL = (
    "expected one issuer, because the key of one must never verify a token of another; leave it "
    "out, and the key set of each is found by discovery"
)


def faults_together(settings: "Settings") -> Iterator[str]:
    """A line for each setting that another asks for, or forbids."""
    if settings.token_verification is TokenVerification.JWKS:
        yield from _missing(settings, "jwt_issuer", "jwt_audience")
        yield from _where_keys_are(settings)
    if settings.token_verification is TokenVerification.INTROSPECTION:
        yield from _missing(settings, "jwt_audience", *_INTROSPECTION)
    if settings.upstream_auth is UpstreamAuthentication.CLIENT_CREDENTIALS:
        yield from _missing(
            settings, "upstream_token_url", "upstream_client_id", "upstream_client_secret"
        )
        yield from _binding(settings)
    if settings.trusted_documents_mode is not TrustedDocumentsMode.OFF:
        yield from _missing(settings, "trusted_documents")


def _missing(settings: "Settings", *names: str) -> Iterator[str]:
    for name in names:
        if getattr(settings, name) is None:
            yield line_about(type(settings), name, "missing")


def _where_keys_are(settings: "Settings") -> Iterator[str]:
    """Each issuer has keys of its own, so one URL of a key set is for one issuer."""
    issuers = settings.jwt_issuer or ()
    if settings.jwt_jwks_url is None:
        if not all(map(can_be_discovered, issuers)):
            yield f"{PREFIX}JWT_ISSUER: {_UNDISCOVERABLE}"
    elif len(issuers) > 1:
        yield f"{PREFIX}JWT_JWKS_URL: {_ONE_FOR_SEVERAL}"


def _binding(settings: "Settings") -> Iterator[str]:
    """One upstream key serves many customers: a verified claim must bind the caller's."""
    if settings.token_verification is TokenVerification.UPSTREAM:
        yield f"{PREFIX}TOKEN_VERIFICATION: {_UNVERIFIED}"
    elif settings.jwt_customer_claim is None:
        yield f"{PREFIX}JWT_CUSTOMER_CLAIM: {_UNBOUND}"


def line_about(settings: type["Settings"], field: str, fault: str) -> str:
    """What an error says of a setting: what it expects, and what is wrong with it."""
    return f"{PREFIX}{field.upper()}: expected {settings.model_fields[field].description} ({fault})"
