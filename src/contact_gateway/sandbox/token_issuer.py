"""Access tokens: the key that signs them, who may have them, and what makes one good.

Tokens are JWTs after RFC 9068. The key is made anew at each start, so that no private key is ever
stored; tokens from before a restart are refused.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization, RSAKey

from contact_gateway.sandbox.scenarios import SCENARIO_CUSTOMERS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "AUDIENCE",
    "BOTH_SCOPES",
    "CLIENTS",
    "LONGEST_LIFETIME_SECONDS",
    "TOKEN_TYPE",
    "Caller",
    "Client",
    "Grant",
    "InvalidTokenError",
    "TokenIssuer",
]

AUDIENCE: Final = "contact-gateway"
TOKEN_TYPE: Final = "at+jwt"  # noqa: S105 - a media type (RFC 9068, section 2.1)
ALGORITHM: Final = "RS256"
LONGEST_LIFETIME_SECONDS: Final = 3600

BOTH_SCOPES: Final = ("contacts:read", "contacts:write")


@dataclass(frozen=True, kw_only=True)
class Client:
    """A development client: its credentials, what it may have and what it has unless it asks.

    `allowed_scopes` None allows any scope, so that tests can ask for one that merely looks right.
    """

    id: str
    secret: str = field(repr=False)
    default_scopes: tuple[str, ...]
    allowed_scopes: frozenset[str] | None
    default_customers: tuple[int, ...]
    allowed_customers: frozenset[int]


_CLIENTS: Final = (
    Client(
        id="development",
        secret="development-secret",  # noqa: S106 - a fixed secret of a sandbox, documented
        default_scopes=BOTH_SCOPES,
        allowed_scopes=None,
        default_customers=(5690,),
        allowed_customers=frozenset({5690, 7310, *SCENARIO_CUSTOMERS}),
    ),
    Client(
        id="reader",
        secret="reader-secret",  # noqa: S106
        default_scopes=("contacts:read",),
        allowed_scopes=frozenset({"contacts:read"}),
        default_customers=(5690,),
        allowed_customers=frozenset({5690}),
    ),
    Client(
        id="gateway",
        secret="gateway-secret",  # noqa: S106
        default_scopes=BOTH_SCOPES,
        allowed_scopes=frozenset(BOTH_SCOPES),
        default_customers=(5690, 7310),
        allowed_customers=frozenset({5690, 7310}),
    ),
)

CLIENTS: Final[Mapping[str, Client]] = {client.id: client for client in _CLIENTS}
"""The development clients by id."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What one token is to say, and for how many seconds it is to be good."""

    client_id: str
    scopes: tuple[str, ...]
    customers: tuple[int, ...]
    lifetime: int = LONGEST_LIFETIME_SECONDS


@dataclass(frozen=True)
class Caller:
    """What a good token allows."""

    scopes: frozenset[str]
    customers: frozenset[int]


class InvalidTokenError(Exception):
    """The token is not one of ours, or no longer good. Callers are not told which."""


class TokenIssuer:
    """Issues and verifies the access tokens of one running sandbox."""

    def __init__(self, issuer: str) -> None:
        """Make a new 2048-bit RSA key for the issuer URL `issuer`."""
        self.issuer = issuer
        self._key = _new_key()
        self._rules = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
        )

    def issue(self, grant: Grant) -> str:
        """An access token for `grant`, in compact form."""
        return self.sign(self.claims(grant))

    def claims(self, grant: Grant) -> dict[str, object]:
        """What an access token for `grant` says."""
        now = int(time.time())
        one_customer = len(grant.customers) == 1
        return {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": grant.client_id,
            "client_id": grant.client_id,
            "iat": now,
            "exp": now + grant.lifetime,
            "jti": token_hex(16),
            "scope": " ".join(grant.scopes),
            "customer_id": grant.customers[0] if one_customer else list(grant.customers),
        }

    def sign(self, claims: Mapping[str, object], *, token_type: str = TOKEN_TYPE) -> str:
        """A token with exactly these claims, signed with the published key.

        For tests that need a token which is genuine but wrong: expired, or for another audience.
        """
        return _signed(self._key, claims, token_type)

    def forge(self, claims: Mapping[str, object], *, token_type: str = TOKEN_TYPE) -> str:
        """A token with exactly these claims, signed with a key that is published nowhere."""
        return _signed(self._unknown_key, claims, token_type)

    @cached_property
    def _unknown_key(self) -> RSAKey:
        return _new_key()

    def verify(self, token: str) -> Caller:
        """What `token` allows: signature, `typ`, `iss`, `aud` and `exp` hold.

        Raises InvalidTokenError for every other token, whatever is wrong with it.
        """
        try:
            decoded = jwt.decode(token, self._key, [ALGORITHM])
            self._rules.validate(decoded.claims)
        except (JoseError, ValueError) as error:
            raise InvalidTokenError from error
        if decoded.header.get("typ") != TOKEN_TYPE:
            raise InvalidTokenError
        return Caller(
            scopes=_scopes(decoded.claims.get("scope")),
            customers=_customers(decoded.claims.get("customer_id")),
        )

    def key_set(self) -> KeySetSerialization:
        """The public key as a JSON Web Key Set (RFC 7517, section 5)."""
        return KeySet([self._key]).as_dict()


def _new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"use": "sig", "alg": ALGORITHM}, auto_kid=True)


def _signed(key: RSAKey, claims: Mapping[str, object], token_type: str) -> str:
    header = {"alg": ALGORITHM, "typ": token_type, "kid": key.kid}
    return jwt.encode(header, dict(claims), key, [ALGORITHM])


def _scopes(claim: object) -> frozenset[str]:
    return frozenset(claim.split(" ")) if isinstance(claim, str) else frozenset()


def _customers(claim: object) -> frozenset[int]:
    listed = claim if isinstance(claim, list) else [claim]
    return frozenset(customer for customer in listed if isinstance(customer, int))
