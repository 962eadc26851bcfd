"""Access tokens: a JWT is believed only when every rule of RFC 8725 and RFC 9068 holds."""

import time
from collections.abc import Callable

from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from contact_gateway.identity.issuers import Issuers
from contact_gateway.identity.key_set import KeySet
from contact_gateway.identity.principal import Principal, read_principal
from contact_gateway.identity.signed_token import (
    InvalidTokenError,
    SignedToken,
    read_signed_token,
    require_size,
)
from contact_gateway.identity.signing_keys import unfitness
from contact_gateway.identity.token_rules import TokenRules, require

__all__ = ["TokenVerifier"]


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
        await self.check_signature(signed)
        require(self._rules.of_claims(signed.claims, self._now()))
        return self.principal(signed, token)

    def principal(self, signed: SignedToken, token: str) -> Principal:
        """Whom a token stands for that keeps every rule."""
        rules = self._rules
        return read_principal(
            signed.claims, token, scopes=rules.scopes, customer_claim=rules.customer_claim
        )

    async def check_signature(self, signed: SignedToken) -> None:
        """See that a key of just its issuer has signed a token, whatever the keys of others are.

        Its header and its issuer are known to keep the rules.

        Raises:
            InvalidTokenError: none has.
        """
        key_set = self._issuers.key_sets[signed.claims["iss"]]
        kid, name = signed.header.get("kid"), signed.header["alg"]
        keys = await key_set.find(kid, name)
        if not keys:
            raise InvalidTokenError(_why_no_key(key_set, kid, name))
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


def _why_no_key(key_set: KeySet, kid: str | None, algorithm: str) -> str:
    if kid is None:
        return "kid"
    named = key_set.snapshot.get(kid)
    return "unknown kid" if named is None else type(unfitness(named[0], algorithm)).__name__
