"""Ways to make a token: genuinely signed and wrong elsewhere, or not genuinely signed at all."""

import hashlib
import hmac as keyed_hash
from collections.abc import Callable
from typing import Any

from joserfc.jwk import ECKey
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

from tests.identity.issuer import Issuer, assemble, segment

__all__ = [
    "OWN_KEY",
    "Make",
    "claims",
    "header",
    "mac",
    "mangled",
    "payload",
    "raw_header",
    "signature",
    "sized",
    "stranger",
]

Make = Callable[[Issuer, float], str]

_DATES = frozenset({"exp", "nbf", "iat"})
_STRANGER = ECKey.generate_key("P-256")


def claims(kid: str = "ES256", **changes: Any) -> Make:
    """Genuine but for its claims. Whole numbers of dates are seconds from now; None omits."""

    def make(issuer: Issuer, now: float) -> str:
        moved = {
            name: now + value if name in _DATES and type(value) is int else value
            for name, value in changes.items()
        }
        return issuer.token(now, kid, **moved)

    return make


def header(key: str = "ES256", algorithm: str = "ES256", **changes: Any) -> Make:
    """Signed with the key named, under a header that may say something else; None omits."""

    def make(issuer: Issuer, now: float) -> str:
        members = issuer.header(**{"kid": key, "alg": algorithm, **changes})
        return assemble(members, issuer.claims(now), issuer.every_key[key], algorithm)

    return make


def raw_header(content: bytes) -> Make:
    """Genuinely signed, with these bytes for the header."""
    return lambda issuer, now: assemble(content, issuer.claims(now), issuer.keys["ES256"], "ES256")


def payload(content: bytes) -> Make:
    """Genuinely signed, with these bytes for the claims."""
    return lambda issuer, _: assemble(issuer.header(), content, issuer.keys["ES256"], "ES256")


def sized(length: int) -> Make:
    """Genuine, and of exactly this many characters."""

    def make(issuer: Issuer, now: float) -> str:
        # base64url never makes 4n+1 characters: what one segment cannot make up, the other does
        candidates = (
            assemble(
                issuer.header(pad="p" * pad),
                issuer.claims(now, filler="f" * filler),
                issuer.keys["ES256"],
                "ES256",
            )
            for filler in range(length * 3 // 4 - 400, length * 3 // 4)
            for pad in (0, 1)
        )
        return next(token for token in candidates if len(token) == length)

    return make


OWN_KEY = object()


def stranger(**changes: Any) -> Make:
    """Signed with the key of somebody else, who puts it into the header in place of OWN_KEY."""

    def make(issuer: Issuer, now: float) -> str:
        own: object = _STRANGER.as_dict(private=False)
        members: dict[str, Any] = {
            name: own if value is OWN_KEY else value for name, value in changes.items()
        }
        return assemble(issuer.header(**members), issuer.claims(now), _STRANGER, "ES256")

    return make


def mac(algorithm: str, secret: Callable[[Issuer], bytes]) -> Make:
    """The classic: what everybody knows of an RSA key is used as the secret of an HMAC."""

    def make(issuer: Issuer, now: float) -> str:
        signed = segment(issuer.header("RS256", alg=algorithm)) + b"." + segment(issuer.claims(now))
        digest = getattr(hashlib, f"sha{algorithm[2:]}")
        made = keyed_hash.new(secret(issuer), signed, digest).digest()
        return (signed + b"." + urlsafe_b64encode(made)).decode()

    return make


def mangled(mangle: Callable[[str], str], kid: str = "ES256") -> Make:
    """A genuine token to which something was done."""
    return lambda issuer, now: mangle(issuer.token(now, kid))


def signature(change: Callable[[bytes], bytes], kid: str = "ES256") -> Make:
    """A genuine token with the bytes of its signature changed."""

    def mangle(token: str) -> str:
        signed, _, last = token.rpartition(".")
        changed = change(urlsafe_b64decode(last.encode()))
        return f"{signed}.{urlsafe_b64encode(changed).decode()}"

    return mangled(mangle, kid)
