"""Access tokens: a JWT is believed only when every rule of RFC 8725 and RFC 9068 holds."""

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError

from contact_gateway.identity.key_set import KeySet
from contact_gateway.identity.principal import Principal, read_principal

__all__ = ["InvalidTokenError", "TokenRules", "TokenVerifier"]

_LARGEST_TOKEN = 8192
_LEEWAY_SECONDS = 30
_LATEST_DATE = 253_402_300_799  # the end of the year 9999: what a clock can mean
_NEVER_FOLLOWED = frozenset({"crit", "b64", "jku", "jwk", "x5u"})


class InvalidTokenError(Exception):
    """A token that is not believed. The message is for the log and never holds the token."""


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What a token must say; see the settings of the same names."""

    issuer: str
    audience: str
    algorithms: frozenset[str]
    types: frozenset[str]
    scope_claim: str
    customer_claim: str | None


class _Registry(jws.JWSRegistry):
    """joserfc's registry without its defaults: our allow-list, our size limit, no warning."""

    max_header_length = _LARGEST_TOKEN

    def __init__(self, algorithms: frozenset[str]) -> None:
        super().__init__(algorithms=algorithms, strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        """The algorithm if it is on the allow-list; joserfc would warn of EdDSA's new names."""
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError("alg")
        return self.algorithms[name]


class TokenVerifier:
    """Turns an access token into the principal it stands for. `now` is seconds since the epoch."""

    def __init__(
        self, keys: KeySet, rules: TokenRules, now: Callable[[], float] = time.time
    ) -> None:
        self._keys = keys
        self._rules = rules
        self._registry = _Registry(rules.algorithms)
        self._now = now

    async def verify(self, token: str) -> Principal:
        """Believe a token.

        Raises:
            InvalidTokenError: the token is not one to believe.
        """
        if len(token) > _LARGEST_TOKEN:
            raise InvalidTokenError("too long")
        try:
            signed = jws.extract_compact(token.encode("ascii"), registry=self._registry)
            header = signed.headers()
            key = await self._keys.find(self._kid(header))
            if key is None:
                raise InvalidTokenError("unknown kid")
            if not jws.validate_compact(signed, key, registry=self._registry):
                raise InvalidTokenError("signature")
            claims = json.loads(signed.payload)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise InvalidTokenError(type(error).__name__) from error
        if not isinstance(claims, dict):
            raise InvalidTokenError("claims")
        self._check_claims(claims)
        return read_principal(
            claims,
            token,
            scope_claim=self._rules.scope_claim,
            customer_claim=self._rules.customer_claim,
        )

    def _kid(self, header: Mapping[str, Any]) -> str:
        if not _NEVER_FOLLOWED.isdisjoint(header):
            raise InvalidTokenError("header")
        typ = header.get("typ")
        # RFC 9068 section 4: the media type may be given with or without "application/"
        if (
            not isinstance(typ, str)
            or typ.lower().removeprefix("application/") not in self._rules.types
        ):
            raise InvalidTokenError("typ")
        kid = header.get("kid")
        if not isinstance(kid, str) or not kid:
            raise InvalidTokenError("kid")
        return kid

    def _check_claims(self, claims: Mapping[str, Any]) -> None:
        if claims.get("iss") != self._rules.issuer:
            raise InvalidTokenError("iss")
        audience = claims.get("aud")
        if self._rules.audience not in (audience if isinstance(audience, list) else [audience]):
            raise InvalidTokenError("aud")
        now = self._now()
        if _date(claims, "exp", default=-math.inf) <= now - _LEEWAY_SECONDS:
            raise InvalidTokenError("exp")
        for name in ("nbf", "iat"):
            if _date(claims, name, default=now) > now + _LEEWAY_SECONDS:
                raise InvalidTokenError(name)


def _date(claims: Mapping[str, Any], name: str, default: float) -> float:
    """A NumericDate (RFC 7519 section 2) that a clock can show."""
    if name not in claims:
        return default
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidTokenError(name)
    if not 0 <= value <= _LATEST_DATE:  # NaN fails this too
        raise InvalidTokenError(name)
    return value
