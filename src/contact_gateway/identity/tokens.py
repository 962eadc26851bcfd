"""Access tokens: a JWT is believed only when every rule of RFC 8725 and RFC 9068 holds."""

import time
from collections.abc import Callable

from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from contact_gateway.identity.issuers import Issuers
from contact_gateway.identity.principal import Principal, read_principal
from contact_gateway.identity.signed_token import (
    InvalidTokenError,
    SignedToken,
    read_signed_token,
    require_size,
)
from contact_gateway.identity.signing_keys import SigningKey, SigningKeys, unfitness
from contact_gateway.identity.token_rules import TokenRules, require

__all__ = ["TokenVerifier", "check_signature"]


class TokenVerifier:
    """Turns an access token into the principal it stands for. `now` is seconds since the epoch."""

    def __init__(
        self, issuers: Issuers, rules: TokenRules, now: Callable[[], float] = time.time
    ) -> None:
        self._issuers = issuers
        self._rules = rules
        self._now = now

    async def verify(self, token: str) -> Principal:
        """Believe a token.

        Raises:
            InvalidTokenError: the token is not one to believe.
        """
        require_size(token)
        signed = read_signed_token(token)
        require(self._rules.of_header(signed.header))
        require(self._rules.of_issuer(signed.claims))
        await self._check_signature(signed)
        require(self._rules.of_claims(signed.claims, self._now()))
        return read_principal(
            signed.claims,
            token,
            scopes=self._rules.scopes,
            customer_claim=self._rules.customer_claim,
        )

    async def _check_signature(self, signed: SignedToken) -> None:
        """See to it that a key of just the issuer has signed it, whatever those of others are."""
        key_set = self._issuers.key_sets[signed.claims["iss"]]
        keys = await key_set.find(signed.header.get("kid"), signed.header["alg"])
        check_signature(signed, keys, key_set.snapshot)


def check_signature(
    signed: SignedToken, keys: tuple[SigningKey, ...], key_set: SigningKeys
) -> None:
    """See to it that one of the keys that fit a token has signed it; they are of `key_set`.

    Raises:
        InvalidTokenError: none has, or none fits.
    """
    kid, name = signed.header.get("kid"), signed.header["alg"]
    if not keys:
        raise InvalidTokenError(_why_no_key(key_set, kid, name))
    algorithm = JWSRegistry.algorithms[name]
    try:
        # of several that fit, nothing else tells which it was
        genuine = any(algorithm.verify(signed.signing_input, signed.signature, key) for key in keys)
    except (JoseError, ValueError) as error:
        raise InvalidTokenError(type(error).__name__) from error
    if not genuine:
        raise InvalidTokenError("signature")


def _why_no_key(key_set: SigningKeys, kid: str | None, algorithm: str) -> str:
    if kid is None:
        return "kid"
    named = key_set.get(kid)
    return "unknown kid" if named is None else type(unfitness(named[0], algorithm)).__name__
