"""Tokens that were believed a moment ago; `make bench` shows what remembering them saves."""

import hashlib
import time
from collections.abc import Callable

from contact_gateway.identity.issuers import Issuers
from contact_gateway.identity.principal import Principal
from contact_gateway.identity.short_memory import ShortMemory
from contact_gateway.identity.tokens import TokenVerifier

__all__ = ["RememberedTokens"]

_MOST_TOKENS = 4096
_LONGEST_SECONDS = 60.0


class RememberedTokens:
    """Verifies a token once, and believes it again until it ends, 60 s at the most.

    All are forgotten as soon as a key comes or goes. They are found by their SHA-256, so that how
    long a look takes tells nothing of a token. `now` is seconds since the epoch.
    """

    def __init__(
        self, verifier: TokenVerifier, issuers: Issuers, now: Callable[[], float] = time.time
    ) -> None:
        self._verifier = verifier
        self._now = now
        self._changes = 0
        issuers.on_change(self._forget)
        self._believed: ShortMemory[Principal] = ShortMemory(_MOST_TOKENS)

    async def verify(self, token: str) -> Principal:
        """Believe a token.

        Raises:
            InvalidTokenError: the token is not one to believe.
        """
        digest = hashlib.sha256(token.encode()).digest()
        now = self._now()
        believed = self._believed.get(digest, now)
        if believed is not None:
            return believed
        changes = self._changes
        principal = await self._verifier.verify(token)
        if changes == self._changes:  # else it may have been believed with a key that went
            until = min(principal.expires_at, now + _LONGEST_SECONDS)
            self._believed.put(digest, principal, until)
        return principal

    def _forget(self) -> None:
        self._changes += 1
        self._believed.clear()
