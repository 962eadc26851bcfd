"""TOKEN_VERIFICATION=introspection: for opaque tokens, who issued them is asked (RFC 7662)."""

import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final, Self

from contact_gateway.event_loop.single_flight import SingleFlights
from contact_gateway.identity.principal import Principal, read_principal
from contact_gateway.identity.short_memory import ShortMemory
from contact_gateway.identity.signed_token import InvalidTokenError, require_size
from contact_gateway.identity.token_rules import TokenRules, require

__all__ = ["IntrospectionVerifier", "VerifierUnavailableError"]

_MOST_TOKENS: Final = 4096
_BELIEVED_SECONDS: Final = 60.0
_REFUSED_SECONDS: Final = 5.0  # so that a flood of a bad token asks about it now and then
_UNKNOWN_SECONDS: Final = 1
_BEARER: Final = frozenset({"bearer", "access_token"})  # and not DPoP, which needs a proof


class VerifierUnavailableError(Exception):
    """Nobody can tell whether a token is genuine; ask again after `retry_after` seconds."""

    retry_after = _UNKNOWN_SECONDS


class IntrospectionVerifier:
    """Believes what `introspect` says of a token, and believes it again for a while.

    That is 60 s for an active token, but never after its end, and 5 s for one that is refused. One
    question at a time is asked about a token, however many wait for the answer. `introspect`
    returns the answer, with `active`, and raises anything if there is none: who asks about that
    token within a second then is told so at once. `now` is seconds since the epoch. As an async
    context manager it stops what is under way at the end.
    """

    def __init__(
        self,
        introspect: Callable[[str], Awaitable[Mapping[str, Any]]],
        rules: TokenRules,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._introspect = introspect
        self._rules = rules
        self._now = now
        self._questions: SingleFlights[bytes, Principal] = SingleFlights()
        # apart, because anyone can make up tokens, which must not drive out the genuine ones
        self._believed: ShortMemory[Principal] = ShortMemory(_MOST_TOKENS)
        self._not_believed: ShortMemory[InvalidTokenError | VerifierUnavailableError] = ShortMemory(
            _MOST_TOKENS
        )

    async def __aenter__(self) -> Self:
        """Nothing yet: the first token is the first to be asked about."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop the questions that are under way."""
        await self._questions.cancel()

    async def verify(self, token: str) -> Principal:
        """Believe a token.

        Raises:
            InvalidTokenError: it is not active, or not for this gateway.
            VerifierUnavailableError: there is no answer now.
        """
        # found by it, so that how long a look takes tells nothing of a token
        digest = hashlib.sha256(token.encode()).digest()
        now = self._now()
        believed = self._believed.get(digest, now)
        if believed is not None:
            return believed
        require_size(token)
        known = self._not_believed.get(digest, now)
        if known is not None:
            raise type(known)(*known.args)
        return await self._questions.join(digest, partial(self._ask, digest, token))

    async def _ask(self, digest: bytes, token: str) -> Principal:
        asked_at = self._now()  # what it says may be no longer true when it comes
        try:
            answer = await self._introspect(token)
        except Exception:  # noqa: BLE001 - whatever went wrong, nobody is let through
            unknown = VerifierUnavailableError()
        else:
            return self._read(answer, digest, token, asked_at)
        # raised out here, so that no chain leads to what holds the token
        self._not_believed.put(digest, unknown, self._now() + _UNKNOWN_SECONDS)
        raise unknown

    def _read(
        self, answer: Mapping[str, Any], digest: bytes, token: str, asked_at: float
    ) -> Principal:
        try:
            principal = self._principal(answer, token)
        except InvalidTokenError as error:
            self._not_believed.put(
                digest, InvalidTokenError(*error.args), asked_at + _REFUSED_SECONDS
            )
            raise
        until = min(principal.expires_at, asked_at + _BELIEVED_SECONDS)
        self._believed.put(digest, principal, until)
        return principal

    def _principal(self, answer: Mapping[str, Any], token: str) -> Principal:
        """RFC 7662 section 2.2: all but `active` may be left out, and section 4: it is to be read.

        Whose the tokens are, the address that is asked says already.
        """
        if answer.get("active") is not True:
            raise InvalidTokenError("not active")
        kind = answer.get("token_type")
        if kind is not None and str(kind).lower() not in _BEARER:
            raise InvalidTokenError("token_type")
        rules = self._rules
        if rules.issuers:
            require(rules.of_issuer(answer))
        require(rules.of_claims(answer, self._now(), endless=True))
        return read_principal(
            answer, token, scopes=rules.scopes, customer_claim=rules.customer_claim
        )
