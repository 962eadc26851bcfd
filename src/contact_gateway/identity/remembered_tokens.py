"""Tokens that were believed a moment ago; `make bench` shows what remembering them saves."""

import hashlib
import time
from collections.abc import Callable

from contact_gateway.identity.key_set import KeySet
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
        self, verifier: TokenVerifier, keys: KeySet, now: Callable[[], float] = time.time
    ) -> None:
        self._verifier = verifier
        self._keys = keys
        self._now = now
        self._snapshot = keys.snapshot
        self._believed: ShortMemory[Principal] = ShortMemory(_MOST_TOKENS)

    async def verify(self, token: str) -> Principal:
        """Believe a token.

        Raises:
            InvalidTokenError: the token is not one to believe.
        """
        if self._keys.snapshot is not self._snapshot:
            self._snapshot = self._keys.snapshot
            self._believed.clear()
        digest = hashlib.sha256(token.encode()).digest()
        now = self._now()
        believed = self._believed.get(digest, now)
        if believed is not None:
            return believed
        snapshot = self._snapshot
        principal = await self._verifier.verify(token)
        if snapshot is self._keys.snapshot:  # else it may have been believed with a key that went
            until = min(principal.expires_at, now + _LONGEST_SECONDS)
            self._believed.put(digest, principal, until)
        return principal
