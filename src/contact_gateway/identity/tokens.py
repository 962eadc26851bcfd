"""Access tokens: a JWT is believed only when every rule of RFC 8725 and RFC 9068 holds."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from contact_gateway.identity.key_set import KeySet
from contact_gateway.identity.principal import Principal, read_principal
from contact_gateway.identity.signed_token import (
    InvalidTokenError,
    SignedToken,
    read_signed_token,
    require_size,
)
from contact_gateway.identity.signing_keys import unfitness
from contact_gateway.settings import Settings

__all__ = ["TokenRules", "TokenVerifier", "has_expired", "principal_of"]

_LEEWAY_SECONDS = 30
_LATEST_DATE = 253_402_300_799  # the end of the year 9999: what a clock can mean
# RFC 8725 section 3.10: whoever follows these lets the token choose what it is verified with
_NEVER_FOLLOWED = frozenset({"b64", "crit", "jku", "jwk", "x5c", "x5u"})


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What a token must say; see the settings of the same names."""

    issuer: str
    audience: str
    algorithms: frozenset[str]
    types: frozenset[str]
    scope_claim: str
    customer_claim: str | None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The rules that the settings name."""
        return cls(
            issuer=settings.jwt_issuer or "",
            audience=settings.jwt_audience or "",
            algorithms=frozenset(settings.jwt_algorithms),
            types=frozenset(settings.jwt_types),
            scope_claim=settings.jwt_scope_claim,
            customer_claim=settings.jwt_customer_claim,
        )


class TokenVerifier:
    """Turns an access token into the principal it stands for. `now` is seconds since the epoch."""

    def __init__(
        self, keys: KeySet, rules: TokenRules, now: Callable[[], float] = time.time
    ) -> None:
        self._keys = keys
        self._rules = rules
        self._types = frozenset(_media_type(name) for name in rules.types)
        self._now = now

    async def verify(self, token: str) -> Principal:
        """Believe a token.

        Raises:
            InvalidTokenError: the token is not one to believe.
        """
        require_size(token)
        signed = read_signed_token(token)
        self._check_header(signed.header)
        await self._check_signature(signed)
        if signed.claims.get("iss") != self._rules.issuer:
            raise InvalidTokenError("iss")
        if "exp" not in signed.claims:  # nobody else tells when it ends
            raise InvalidTokenError("exp")
        return principal_of(signed.claims, token, self._rules, self._now())

    def _check_header(self, header: Mapping[str, Any]) -> None:
        if not _NEVER_FOLLOWED.isdisjoint(header):
            raise InvalidTokenError("header")
        algorithm, typ, kid = (header.get(name) for name in ("alg", "typ", "kid"))
        if not isinstance(algorithm, str) or algorithm not in self._rules.algorithms:
            raise InvalidTokenError("alg")
        if not isinstance(typ, str) or _media_type(typ) not in self._types:
            raise InvalidTokenError("typ")
        if "kid" in header and (not isinstance(kid, str) or not kid):
            raise InvalidTokenError("kid")

    async def _check_signature(self, signed: SignedToken) -> None:
        kid, name = signed.header.get("kid"), signed.header["alg"]
        keys = await self._keys.find(kid, name)
        if not keys:
            raise InvalidTokenError(self._why_no_key(kid, name))
        algorithm = JWSRegistry.algorithms[name]
        try:
            # of several that fit, nothing else tells which it was
            genuine = any(
                algorithm.verify(signed.signing_input, signed.signature, key) for key in keys
            )
        except (JoseError, ValueError) as error:
            raise InvalidTokenError(type(error).__name__) from error
        if not genuine:
            raise InvalidTokenError("signature")

    def _why_no_key(self, kid: str | None, algorithm: str) -> str:
        if kid is None:
            return "kid"
        named = self._keys.snapshot.get(kid)
        return "unknown kid" if named is None else type(unfitness(named[0], algorithm)).__name__


def principal_of(claims: Mapping[str, Any], token: str, rules: TokenRules, now: float) -> Principal:
    """Whom a token stands for, from claims that its issuer has vouched for.

    Raises:
        InvalidTokenError: it is for another audience, or not of this time.
    """
    audience = claims.get("aud")
    if rules.audience not in (audience if isinstance(audience, list) else [audience]):
        raise InvalidTokenError("aud")
    if not isinstance(claims.get("sub", ""), str):
        raise InvalidTokenError("sub")
    expiry = _date(claims, "exp")
    if expiry is not None and has_expired(expiry, now):
        raise InvalidTokenError("exp")
    for name in ("nbf", "iat"):
        if (_date(claims, name) or 0) > now + _LEEWAY_SECONDS:
            raise InvalidTokenError(name)
    return read_principal(
        claims, token, scope_claim=rules.scope_claim, customer_claim=rules.customer_claim
    )


def has_expired(expiry: float, now: float) -> bool:
    """Whether a token is refused at `now`, both in seconds since the epoch: leeway is 30 s."""
    return expiry <= now - _LEEWAY_SECONDS


def _media_type(name: str) -> str:
    """A `typ` as RFC 7515 section 4.1.9 compares it: without case and without "application/"."""
    return name.lower().removeprefix("application/")


def _date(claims: Mapping[str, Any], name: str) -> float | None:
    """A NumericDate (RFC 7519 section 2) that a clock can show, None if the claim is absent."""
    if name not in claims:
        return None
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidTokenError(name)
    if not 0 <= value <= _LATEST_DATE:
        raise InvalidTokenError(name)
    return value
