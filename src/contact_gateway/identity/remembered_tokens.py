"""Tokens that were believed a moment ago; `make bench` shows what remembering them saves."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from contact_gateway.identity.issuers import Issuers
from contact_gateway.identity.principal import Principal
from contact_gateway.identity.tokens import TokenVerifier

__all__ = ["RememberedTokens"]

_MOST_TOKENS = 4096
_LONGEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Entry:
    principal: Principal
    until: float


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
        self._entries: OrderedDict[bytes, _Entry] = OrderedDict()

    async def verify(self, token: str) -> Principal:
        """Believe a token.

        Raises:
            InvalidTokenError: the token is not one to believe.
        """
        digest = hashlib.sha256(token.encode()).digest()
        now = self._now()
        entry = self._entries.get(digest)
        if entry is not None and now < entry.until:
            return entry.principal
        changes = self._changes
        principal = await self._verifier.verify(token)
        if changes == self._changes:  # else it may have been believed with a key that went
            until = min(principal.expires_at, now + _LONGEST_SECONDS)
            self._remember(digest, _Entry(principal, until))
        return principal

    def _forget(self) -> None:
        self._changes += 1
        self._entries.clear()

    def _remember(self, digest: bytes, entry: _Entry) -> None:
        self._entries[digest] = entry
        self._entries.move_to_end(digest)
        if len(self._entries) > _MOST_TOKENS:
            self._entries.popitem(last=False)
