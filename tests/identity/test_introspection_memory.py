"""What is remembered of an issuer's answers, and how often it is asked."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from contact_gateway.identity import (
    IntrospectionVerifier,
    InvalidTokenError,
    Principal,
    ScopeNames,
    TokenRules,
    VerifierUnavailableError,
)
from contact_gateway.rest_client import HTTP11Transport
from contact_gateway.rest_client.introspection_endpoint import IntrospectionEndpoint
from tests.identity.surroundings import introspected
from tests.scripted_upstream import DROP, HANG, ScriptedUpstream, reply

NONE: frozenset[str] = frozenset()
RULES = TokenRules(NONE, frozenset({"gateway"}), NONE, NONE, ScopeNames(("scope",), {}))
NOW = time.time()
ACTIVE = {"active": True, "aud": "gateway"}
MOST = 4096


@dataclass
class Clock:
    """Seconds since the epoch, as a test says."""

    time: float = NOW

    def now(self) -> float:
        """The time."""
        return self.time


@contextlib.asynccontextmanager
async def asking(
    upstream: ScriptedUpstream, clock: Clock | None = None, seconds: float = 5
) -> AsyncIterator[IntrospectionVerifier]:
    """A verifier that asks `upstream`."""
    async with HTTP11Transport() as transport:
        endpoint = IntrospectionEndpoint(
            transport, upstream.url, "gateway", SecretStr("secret"), seconds=seconds
        )
        now = (clock or Clock()).now
        async with IntrospectionVerifier(endpoint.introspect, RULES, now) as verifier:
            yield verifier


async def outcome(verification: Awaitable[Principal]) -> str:
    """What comes of a verification."""
    try:
        await verification
    except (InvalidTokenError, VerifierUnavailableError) as error:
        return type(error).__name__
    return "believed"


REFUSED, UNKNOWN = "InvalidTokenError", "VerifierUnavailableError"


@dataclass
class Issuer:
    """Counts the questions, and answers them with what a test puts there, or with nothing."""

    answer: Mapping[str, Any] | None = field(default_factory=lambda: ACTIVE)
    asked: list[str] = field(default_factory=list)

    async def introspect(self, token: str) -> Mapping[str, Any]:
        """The answer."""
        self.asked.append(token)
        if self.answer is None:
            raise ConnectionError
        return self.answer


async def asked_at(
    answer: Mapping[str, Any] | None, seconds: Sequence[float]
) -> list[tuple[str, int]]:
    """What comes of a token at each of these times, and how often the issuer was asked by then."""
    clock, issuer = Clock(), Issuer(answer)
    verifier = IntrospectionVerifier(issuer.introspect, RULES, clock.now)
    found = []
    for each in seconds:
        clock.time = NOW + each
        found.append((await outcome(verifier.verify("opaque")), len(issuer.asked)))
    return found


@pytest.mark.parametrize(
    ("answer", "seconds", "found"),
    [
        (ACTIVE, [0, 59.9, 60], [("believed", 1), ("believed", 1), ("believed", 2)]),
        (
            {**ACTIVE, "exp": NOW + 3600},
            [0, 59.9, 60],
            [("believed", 1), ("believed", 1), ("believed", 2)],
        ),
        (
            {**ACTIVE, "exp": NOW + 10},
            [0, 9.9, 10, 10.1, 41],
            [("believed", 1), ("believed", 1), ("believed", 2), ("believed", 3), (REFUSED, 4)],
        ),
        ({"active": False}, [0, 4.9, 5], [(REFUSED, 1), (REFUSED, 1), (REFUSED, 2)]),
        ({**ACTIVE, "aud": "x"}, [0, 4.9, 5], [(REFUSED, 1), (REFUSED, 1), (REFUSED, 2)]),
        (None, [0, 0.9, 1], [(UNKNOWN, 1), (UNKNOWN, 1), (UNKNOWN, 2)]),
    ],
    ids=["active", "ends later", "ends sooner", "not active", "for others", "no answer"],
)
def test_a_token_that_comes_again(
    answer: Mapping[str, Any] | None, seconds: list[float], found: list[tuple[str, int]]
) -> None:
    """A good answer lasts 60 s and never past `exp`, a refusal 5 s, and none at all 1 s."""
    assert asyncio.run(asked_at(answer, seconds)) == found


def test_an_issuer_that_is_gone() -> None:
    """What it said before lasts as long as it would have, and no longer."""

    async def scenario() -> list[str]:
        clock, issuer = Clock(), Issuer()
        verifier = IntrospectionVerifier(issuer.introspect, RULES, clock.now)
        found = [await outcome(verifier.verify("known"))]
        issuer.answer = None
        for clock.time in (NOW + 59.9, NOW + 60):
            found.append(await outcome(verifier.verify("known")))
        return found

    assert asyncio.run(scenario()) == ["believed", "believed", UNKNOWN]


def test_an_answer_that_takes_long() -> None:
    """It lasts from when it was asked for: what it says may have changed since."""

    async def scenario() -> int:
        clock, issuer = Clock(), Issuer()

        async def slow(token: str) -> Mapping[str, Any]:
            clock.time += 4
            return await issuer.introspect(token)

        verifier = IntrospectionVerifier(slow, RULES, clock.now)
        await verifier.verify("opaque")
        clock.time = NOW + 60
        await verifier.verify("opaque")
        return len(issuer.asked)

    assert asyncio.run(scenario()) == 2


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(ACTIVE, "believed"), ({"active": False}, REFUSED), (None, UNKNOWN)],
)
def test_many_at_a_time(answer: Mapping[str, Any] | None, expected: str) -> None:
    """There is one question about a token, whose answer is for all; tokens do not share any."""

    async def scenario() -> tuple[list[str], list[str]]:
        issuer = Issuer(answer)
        verifier = IntrospectionVerifier(issuer.introspect, RULES)
        found = await asyncio.gather(
            *(outcome(verifier.verify(token)) for token in ["one", "other"] * 20)
        )
        return found, issuer.asked

    assert asyncio.run(scenario()) == ([expected] * 40, ["one", "other"])


def test_a_caller_who_goes_away() -> None:
    """Who waits for the same answer gets it all the same."""

    async def scenario() -> tuple[str, int]:
        issuer, may_answer = Issuer(), asyncio.Event()

        async def held(token: str) -> Mapping[str, Any]:
            await may_answer.wait()
            return await issuer.introspect(token)

        verifier = IntrospectionVerifier(held, RULES)
        first, second = (asyncio.create_task(outcome(verifier.verify("t"))) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        may_answer.set()
        return await second, len(issuer.asked)

    assert asyncio.run(scenario()) == ("believed", 1)


def test_a_flood_of_tokens_that_nobody_issued() -> None:
    """It takes bounded memory, and drives out nothing that is known of a good one."""

    async def scenario() -> list[str]:
        issuer = Issuer()
        verifier = IntrospectionVerifier(issuer.introspect, RULES)
        await verifier.verify("good")
        issuer.answer = {"active": False}
        for number in range(MOST + 1):
            await outcome(verifier.verify(str(number)))
        issuer.asked.clear()
        for token in ("good", str(MOST), "0"):
            await outcome(verifier.verify(token))
        return issuer.asked

    assert asyncio.run(scenario()) == ["0"]


def test_more_good_tokens_than_fit() -> None:
    """The oldest is forgotten, the newest is not."""

    async def scenario() -> list[str]:
        issuer = Issuer()
        verifier = IntrospectionVerifier(issuer.introspect, RULES)
        for number in range(MOST + 1):
            await verifier.verify(str(number))
        issuer.asked.clear()
        for token in (str(MOST), "0"):
            await verifier.verify(token)
        return issuer.asked

    assert asyncio.run(scenario()) == ["0"]


def test_a_token_that_is_too_long() -> None:
    """Nobody is asked about it."""

    async def scenario() -> tuple[str, list[str]]:
        issuer = Issuer()
        verifier = IntrospectionVerifier(issuer.introspect, RULES)
        return await outcome(verifier.verify("x" * 20_000)), issuer.asked

    assert asyncio.run(scenario()) == ("TokenTooLargeError", [])


def test_what_an_error_holds() -> None:
    """Neither the token nor what failed: no chain leads from the error to the request."""

    async def scenario() -> BaseException | None:
        verifier = IntrospectionVerifier(Issuer(None).introspect, RULES)
        with pytest.raises(VerifierUnavailableError) as caught:
            await verifier.verify("opaque")
        return caught.value.__cause__ or caught.value.__context__

    assert asyncio.run(scenario()) is None


def test_an_endpoint_that_hangs(scripted: ScriptedUpstream) -> None:
    """It is given so many seconds, and then the caller is told that there is no answer."""
    scripted.answers(HANG)

    async def scenario() -> str:
        async with asking(scripted, seconds=0.2) as verifier:
            return await outcome(verifier.verify("opaque"))

    assert asyncio.run(scenario()) == UNKNOWN


def test_a_connection_that_hangs_once(scripted: ScriptedUpstream) -> None:
    """The issuer is asked again on another, and the caller waits a moment and not for seconds."""
    scripted.answers(HANG, introspected(**ACTIVE))

    async def scenario() -> str:
        async with asking(scripted, seconds=30) as verifier:
            return await outcome(verifier.verify("opaque"))

    assert asyncio.run(scenario()) == "believed"


def test_a_connection_that_is_lost_once(scripted: ScriptedUpstream) -> None:
    """The issuer is asked again: to ask changes nothing."""
    scripted.answers(DROP, introspected(**ACTIVE))

    async def scenario() -> str:
        async with asking(scripted) as verifier:
            return await outcome(verifier.verify("opaque"))

    assert (asyncio.run(scenario()), len(scripted.received)) == ("believed", 2)


class Holding(httpx.AsyncBaseTransport):
    """Answers nobody before 32 questions are under way; `most` is how many there ever were."""

    def __init__(self) -> None:
        self.under_way: set[bytes] = set()
        self.most = 0
        self.enough = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one question."""
        self.under_way.add(request.content)
        self.most = max(self.most, len(self.under_way))
        if len(self.under_way) >= 32:
            self.enough.set()
        await self.enough.wait()
        self.under_way.discard(request.content)
        return httpx.Response(200, json=ACTIVE)


def test_more_questions_than_are_asked_at_a_time() -> None:
    """32 are under way at the most, however many tokens come, and the others have their turn."""

    async def scenario() -> tuple[list[str], int]:
        transport = Holding()
        endpoint = IntrospectionEndpoint(transport, "http://localhost", "id", SecretStr("secret"))
        verifier = IntrospectionVerifier(endpoint.introspect, RULES)
        found = await asyncio.gather(
            *(outcome(verifier.verify(str(number))) for number in range(100))
        )
        return found, transport.most

    assert asyncio.run(scenario()) == (["believed"] * 100, 32)


def test_the_end(scripted: ScriptedUpstream) -> None:
    """A question that is under way then is given up, and keeps nobody waiting."""
    scripted.answers(HANG)

    async def scenario() -> bool:
        async with asking(scripted, seconds=300) as verifier:
            waiting = asyncio.create_task(outcome(verifier.verify("opaque")))
            await asyncio.to_thread(scripted.wait_for, 1)
        await asyncio.wait([waiting])
        return waiting.cancelled()

    assert asyncio.run(scenario()) is True


def test_a_status_that_is_an_error(scripted: ScriptedUpstream) -> None:
    """The endpoint's own words are in no error; its status is."""
    scripted.answers(reply(401, '{"error_description": "canary"}'))

    async def scenario() -> BaseException:
        async with HTTP11Transport() as transport:
            endpoint = IntrospectionEndpoint(transport, scripted.url, "id", SecretStr("secret"))
            with pytest.raises(Exception, match=r"answered 401\Z") as caught:
                await endpoint.introspect("opaque")
            return caught.value

    error = asyncio.run(scenario())
    assert (vars(error), error.__cause__ or error.__context__) == ({"status": 401}, None)
