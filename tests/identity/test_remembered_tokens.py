"""Tokens that are believed again without being verified again."""

import asyncio
import json
from dataclasses import dataclass, field

import pytest

from contact_gateway.identity import (
    InvalidTokenError,
    Issuers,
    KeySet,
    Principal,
    RememberedTokens,
    TokenRules,
    TokenVerifier,
)
from contact_gateway.rest_client import Document
from contact_gateway.sandbox import AUDIENCE, Grant, TokenIssuer
from tests.identity.issuer import scopes_in

ISSUER = "http://127.0.0.1:1"
RULES = TokenRules(
    issuers=frozenset({ISSUER}),
    audiences=frozenset({AUDIENCE}),
    algorithms=frozenset({"RS256"}),
    types=frozenset({"at+jwt"}),
    scopes=scopes_in("scope"),
)


@dataclass
class CountingVerifier(TokenVerifier):
    """A verifier that counts how often it is asked."""

    keys: Issuers
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self.keys, RULES)

    async def verify(self, token: str) -> Principal:
        """Verify a token, and remember that."""
        self.asked.append(token)
        return await super().verify(token)


@dataclass
class Issuer:
    """An issuer whose key can be replaced, and its key set."""

    tokens: TokenIssuer = field(default_factory=lambda: TokenIssuer(ISSUER))

    async def fetch(self) -> Document:
        """The document of the key set."""
        return Document(json.dumps(self.tokens.key_set()).encode())

    def issue(self, lifetime: int = 3600) -> str:
        """A genuine token."""
        grant = Grant(client_id="c", scopes=("s",), customers=(1,), lifetime=lifetime)
        return self.tokens.issue(grant)


@dataclass
class Clock:
    """Seconds since the epoch, as far as the remembering is concerned."""

    time: float

    def now(self) -> float:
        """The time."""
        return self.time


@dataclass
class Setting:
    """A remembering verifier with everything around it in a test's hands."""

    issuer: Issuer
    keys: Issuers
    verifier: CountingVerifier
    clock: Clock
    remembered: RememberedTokens


async def _setting() -> Setting:
    issuer = Issuer()
    keys = Issuers({ISSUER: KeySet(issuer.fetch)})
    await keys.refresh()
    verifier = CountingVerifier(keys)
    clock = Clock(0.0)
    return Setting(issuer, keys, verifier, clock, RememberedTokens(verifier, keys, clock.now))


def test_a_token_seen_a_moment_ago() -> None:
    """It is verified once, and stands for the same principal both times."""

    async def scenario() -> tuple[bool, int]:
        setting = await _setting()
        token = setting.issuer.issue()
        first = await setting.remembered.verify(token)
        second = await setting.remembered.verify(token)
        return first is second, len(setting.verifier.asked)

    assert asyncio.run(scenario()) == (True, 1)


def test_a_minute_later() -> None:
    """A token is verified again after 60 s, however long it lives."""

    async def scenario() -> int:
        setting = await _setting()
        token = setting.issuer.issue()
        for setting.clock.time in (0.0, 59.9, 60.0):
            await setting.remembered.verify(token)
        return len(setting.verifier.asked)

    assert asyncio.run(scenario()) == 2


def test_a_token_that_ends_sooner() -> None:
    """A token is not believed past its end without being verified again."""

    async def scenario() -> int:
        setting = await _setting()
        token = setting.issuer.issue(lifetime=10)
        expiry = (await setting.remembered.verify(token)).expires_at
        setting.verifier.asked.clear()
        remembered = RememberedTokens(setting.verifier, setting.keys, setting.clock.now)
        for setting.clock.time in (expiry - 5, expiry - 0.1, expiry):
            await remembered.verify(token)
        return len(setting.verifier.asked)

    assert asyncio.run(scenario()) == 2


def test_keys_that_change() -> None:
    """A token whose key was withdrawn is refused at once."""

    async def scenario() -> None:
        setting = await _setting()
        token = setting.issuer.issue()
        await setting.remembered.verify(token)
        setting.issuer.tokens = TokenIssuer(ISSUER)
        await setting.keys.refresh()
        with pytest.raises(InvalidTokenError):
            await setting.remembered.verify(token)

    asyncio.run(scenario())


def test_a_token_that_is_refused() -> None:
    """A refusal is not remembered: the next time the token is verified again."""

    async def scenario() -> int:
        setting = await _setting()
        for _ in range(2):
            with pytest.raises(InvalidTokenError):
                await setting.remembered.verify("a.b.c")
        return len(setting.verifier.asked)

    assert asyncio.run(scenario()) == 2


def test_more_tokens_than_fit() -> None:
    """The oldest of 4,097 tokens is forgotten, the newest is not."""

    class Believing(CountingVerifier):
        async def verify(self, token: str) -> Principal:
            self.asked.append(token)
            return Principal(subject="", scopes=None, customers=None, token=token)

    async def scenario() -> list[str]:
        keys = Issuers({ISSUER: KeySet(Issuer().fetch)})
        verifier = Believing(keys)
        remembered = RememberedTokens(verifier, keys)
        for number in range(4097):
            await remembered.verify(str(number))
        verifier.asked.clear()
        await remembered.verify("4096")
        await remembered.verify("0")
        return verifier.asked

    assert asyncio.run(scenario()) == ["0"]
