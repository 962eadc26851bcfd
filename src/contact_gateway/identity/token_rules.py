"""What the header and the claims of a token must say; RFC 8725 and RFC 9068, and the settings."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contact_gateway.identity.claims import ScopeNames, find_claim, read_texts
from contact_gateway.identity.signed_token import InvalidTokenError

__all__ = ["Rule", "TokenRules", "has_expired", "require"]

_LEEWAY_SECONDS = 30
_LATEST_DATE = 253_402_300_799  # the end of the year 9999: what a clock can mean
# RFC 8725 section 3.10: whoever follows these lets the token choose what it is verified with
_NEVER_FOLLOWED = frozenset({"b64", "crit", "jku", "jwk", "x5c", "x5u"})
_NO_TYPE: Final = "none"
# what only ID tokens have (OpenID Connect Core sections 3.1.3.6 and 3.3.2.11)
_OF_ID_TOKENS = frozenset({"at_hash", "c_hash"})
# Keycloak says in a claim what a token is for, whatever the header says
_OTHER_PURPOSES = frozenset({"id", "refresh", "offline", "logout"})

Claims = Mapping[str, Any]
Rule = tuple[str, bool]
"""What it is about, in a word for the log, and whether it holds."""


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What a token must say; see the settings of the same names.

    The rules come in the order in which they are asked; the first that does not hold is the reason.
    """

    issuers: frozenset[str]
    audiences: frozenset[str]
    algorithms: frozenset[str]
    types: frozenset[str]
    scopes: ScopeNames
    customer_claim: str | None = None
    audience_claim: str = "aud"

    def of_header(self, header: Claims) -> Iterator[Rule]:
        """The rules of the header, which may not choose what it is verified with."""
        yield "header", _NEVER_FOLLOWED.isdisjoint(header)
        algorithm, kid = header.get("alg"), header.get("kid")
        yield "alg", isinstance(algorithm, str) and algorithm in self.algorithms
        yield "typ", self._accepts_type(header)
        yield "kid", "kid" not in header or (isinstance(kid, str) and kid != "")

    def of_issuer(self, claims: Claims) -> Iterator[Rule]:
        """The one that says with whose keys the signature is to be verified."""
        issuer = claims.get("iss")
        yield "iss", isinstance(issuer, str) and issuer in self.issuers

    def of_claims(self, claims: Claims, now: float, *, endless: bool = False) -> Iterator[Rule]:
        """The rules of the claims at `now`, in seconds since the epoch.

        `endless` is for a token that need not say when it ends, because somebody else tells.
        """
        named = read_texts(find_claim(claims, self.audience_claim))
        yield "aud", not self.audiences.isdisjoint(named)
        yield "purpose", _is_access_token(claims)
        yield "sub", isinstance(claims.get("sub", ""), str)
        expiry = _date(claims, "exp", absent=math.inf if endless else None)
        yield "exp", expiry is not None and not has_expired(expiry, now)
        for name in ("nbf", "iat"):
            date = _date(claims, name, absent=0)
            yield name, date is not None and date <= now + _LEEWAY_SECONDS

    def _accepts_type(self, header: Claims) -> bool:
        """A `typ` is one that is listed, and `none` lists that there is none at all."""
        listed = {_media_type(name) for name in self.types}
        if "typ" not in header:
            return _NO_TYPE in listed
        typ = header["typ"]
        return isinstance(typ, str) and _media_type(typ) in listed - {_NO_TYPE}


def require(rules: Iterable[Rule]) -> None:
    """Ask all of these.

    Raises:
        InvalidTokenError: one does not hold.
    """
    for name, holds in rules:
        if not holds:
            raise InvalidTokenError(name)


def has_expired(expiry: float, now: float) -> bool:
    """Whether a token is refused at `now`, both in seconds since the epoch: leeway is 30 s."""
    return expiry <= now - _LEEWAY_SECONDS


def _media_type(name: str) -> str:
    """A `typ` as RFC 7515 section 4.1.9 compares it: without case and without "application/"."""
    return name.lower().removeprefix("application/")


def _is_access_token(claims: Claims) -> bool:
    """Whether nothing in a token says that it is an ID token or one of another kind.

    Some issuers sign all kinds alike, and the header of none says which it is.
    """
    kind = claims.get("typ")
    return (
        _OF_ID_TOKENS.isdisjoint(claims)
        and claims.get("token_use", "access") in ("access", "access_token")  # Cognito, Hydra
        and not (isinstance(kind, str) and kind.lower() in _OTHER_PURPOSES)
    )


def _date(claims: Claims, name: str, absent: float | None) -> float | None:
    """A NumericDate (RFC 7519 section 2) that a clock can show, None if it is none."""
    if name not in claims:
        return absent
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if 0 <= value <= _LATEST_DATE else None
