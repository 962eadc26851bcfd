"""Settings that are one of a few words, and what every setting's name begins with."""

from enum import StrEnum
from typing import Final

__all__ = [
    "PREFIX",
    "ClientAuthentication",
    "TokenVerification",
    "TrustedDocumentsMode",
    "UpstreamAuthentication",
]

PREFIX: Final = "CONTACT_GATEWAY_"
"""What the name of every variable begins with."""


class TokenVerification(StrEnum):
    """Who decides whether a caller's token is genuine."""

    JWKS = "jwks"
    INTROSPECTION = "introspection"
    UPSTREAM = "upstream"


class UpstreamAuthentication(StrEnum):
    """Whose token the upstream sees: the caller's, or the gateway's own."""

    PASSTHROUGH = "passthrough"
    CLIENT_CREDENTIALS = "client_credentials"


class ClientAuthentication(StrEnum):
    """How the gateway shows its client secret to the token endpoint (RFC 6749 section 2.3.1)."""

    BODY = "body"
    BASIC = "basic"


class TrustedDocumentsMode(StrEnum):
    """What becomes of a document that is not listed in the manifest of trusted documents."""

    OFF = "off"
    LOG = "log"
    ENFORCE = "enforce"
