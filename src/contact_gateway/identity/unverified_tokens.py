"""TOKEN_VERIFICATION=upstream: for issuers that publish no keys, the upstream decides."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from contact_gateway.identity.claims import ScopeNames
from contact_gateway.identity.principal import Principal
from contact_gateway.identity.signed_token import (
    InvalidTokenError,
    read_signed_token,
    require_size,
)
from contact_gateway.identity.token_rules import has_expired

__all__ = ["UpstreamVerifier"]


class UpstreamVerifier:
    """Lets every token through that the upstream may accept; the upstream is passed the same token.

    What a token claims is read to refuse early and never to grant: nobody has verified it. `now`
    is seconds since the epoch.
    """

    def __init__(self, scopes: ScopeNames, now: Callable[[], float] = time.time) -> None:
        self._scopes = scopes
        self._issued_scopes = scopes.to_ask_for
        self._now = now

    async def verify(self, token: str) -> Principal:
        """The principal of a token that is perhaps genuine, known by nothing but its token.

        Raises:
            InvalidTokenError: the token is too long, or says itself that it has expired.
        """
        require_size(token)
        claims = _claims(token)
        expiry = claims.get("exp")
        # a date that cannot be read is the upstream's business
        if isinstance(expiry, int | float) and has_expired(expiry, self._now()):
            raise InvalidTokenError("exp")
        return Principal(
            subject="",
            scopes=self._scopes.granted(claims),
            customers=None,
            token=token,
            verified=False,
            issued_scopes=self._issued_scopes,
        )


def _claims(token: str) -> Mapping[str, Any]:
    """What a token claims; nothing if it is opaque."""
    try:
        return read_signed_token(token).claims
    except InvalidTokenError:
        return {}
