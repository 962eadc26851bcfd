"""Settings that need each other, or contradict each other."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from contact_gateway.settings.choices import (
    PREFIX,
    TokenVerification,
    TrustedDocumentsMode,
    UpstreamAuthentication,
)
from contact_gateway.settings.values import can_be_discovered

if TYPE_CHECKING:
    from contact_gateway.settings.definitions import Settings

__all__ = ["faults_together"]

_CREDENTIALS: Final = ("upstream_token_url", "upstream_client_id", "upstream_client_secret")
_INTROSPECTION: Final = (
    "token_introspection_url",
    "token_introspection_client_id",
    "token_introspection_client_secret",
)
_UNVERIFIED: Final = (
    "expected jwks or introspection with client_credentials, because nobody else would verify the "
    "caller's token"
)
_UNBOUND: Final = (
    "expected the name of the claim that holds the customers with client_credentials, because "
    "without it any caller could choose any customer"
)
_UNDISCOVERABLE: Final = (
    "expected https URLs (http only on loopback) without a query, because the key sets are found "
    "by discovery; set JWT_JWKS_URL for an issuer that is none"
)
_ONE_FOR_SEVERAL: Final = (
    "expected one issuer, because the key of one must never verify a token of another; leave it "
    "out, and the key set of each is found by discovery"
)
_NO_LOGIN: Final = (
    "expected one https URL (http only on loopback) without a query with GRAPHIQL_CLIENT_ID, "
    "because the page logs in there"
)


def faults_together(settings: "Settings", error_line: Callable[[str, str], str]) -> Iterator[str]:
    """A line for each fault; `error_line` says of a setting what it expects and what is wrong."""
    needed: list[str] = []
    if settings.token_verification is TokenVerification.JWKS:
        needed += ("jwt_issuer", "jwt_audience")
    if settings.token_verification is TokenVerification.INTROSPECTION:
        needed += ("jwt_audience", *_INTROSPECTION)
    if settings.upstream_auth is UpstreamAuthentication.CLIENT_CREDENTIALS:
        needed += _CREDENTIALS
    if settings.trusted_documents_mode is not TrustedDocumentsMode.OFF:
        needed.append("trusted_documents")
    yield from (error_line(name, "missing") for name in needed if getattr(settings, name) is None)
    yield from (f"{PREFIX}{name}: {fault}" for name, fault in _contradictions(settings))
    if settings.metrics_port == settings.port:
        yield error_line("metrics_port", "it is PORT")


def _contradictions(settings: "Settings") -> Iterator[tuple[str, str]]:
    issuers = settings.jwt_issuer or ()
    if settings.token_verification is TokenVerification.JWKS:
        # each issuer has keys of its own, so one URL of a key set is for one issuer
        if settings.jwt_jwks_url is None and not all(map(can_be_discovered, issuers)):
            yield "JWT_ISSUER", _UNDISCOVERABLE
        if settings.jwt_jwks_url is not None and len(issuers) > 1:
            yield "JWT_JWKS_URL", _ONE_FOR_SEVERAL
    if settings.upstream_auth is UpstreamAuthentication.CLIENT_CREDENTIALS:
        # one upstream key serves many customers: a verified claim must bind the caller's
        if settings.token_verification is TokenVerification.UPSTREAM:
            yield "TOKEN_VERIFICATION", _UNVERIFIED
        elif settings.jwt_customer_claim is None:
            yield "JWT_CUSTOMER_CLAIM", _UNBOUND
    if settings.graphiql_client_id is not None and not (
        len(issuers) == 1 and can_be_discovered(issuers[0])
    ):
        yield "JWT_ISSUER", _NO_LOGIN
