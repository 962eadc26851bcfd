"""Keeping the gateway's own token, on a clock that goes only when told to."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from contact_gateway.rest_client.call import Answer, Call
from contact_gateway.rest_client.credentials import ClientCredentials, WithCredentials
from contact_gateway.rest_client.problems import CredentialsRefusedError, NoTokenError
from contact_gateway.rest_client.token_endpoint import TokenEndpoint
from contact_gateway.settings import ClientAuthentication
from tests.rest_client.stack import call

NEVER = float("inf")


class Issuing(httpx.AsyncBaseTransport):
    """A token endpoint without a network: token-1, token-2 … for 100 seconds each."""

    def __init__(self) -> None:
        self.asked = 0
        self.status = 200
        self.first_status: int | None = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        """Answer when the test allows it."""
        self.asked += 1
        number = self.asked
        await self.may_answer.wait()
        document = {"access_token": f"token-{number}", "expires_in": 100}
        status = (number == 1 and self.first_status) or self.status
        return httpx.Response(status, content=json.dumps(document).encode())


class Kept:
    """Credentials, their clock and their endpoint."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.issuing = Issuing()
        endpoint = TokenEndpoint(
            self.issuing, "http://localhost", "id", SecretStr("x"), ClientAuthentication.BODY
        )
        self.credentials = ClientCredentials(endpoint, lambda: self.now)

    async def token(self, deadline: float = NEVER) -> str:
        """The token, once everything has settled that asking for it has begun."""
        token = await self.credentials.token(deadline)
        for _ in range(5):
            await asyncio.sleep(0)
        return token

    async def outcome(self) -> str:
        """The token, or the kind of failure."""
        try:
            return await self.token()
        except (NoTokenError, CredentialsRefusedError) as error:
            return type(error).__name__


def run(steps: Callable[[Kept], Awaitable[Any]]) -> None:
    """Run the steps of a test."""

    async def body() -> None:
        kept = Kept()
        async with kept.credentials:
            await steps(kept)

    asyncio.run(body())


def test_many_at_once() -> None:
    """However many wait for the first token, it is asked for once."""

    async def steps(kept: Kept) -> None:
        tokens = await asyncio.gather(*(kept.token() for _ in range(200)))

        assert (set(tokens), kept.issuing.asked) == ({"token-1"}, 1)

    run(steps)


def test_renewal() -> None:
    """At 80 % of its life, and not before, one use begins the renewal; nobody waits for it."""

    async def steps(kept: Kept) -> None:
        used = [await kept.token()]
        for at in (79.9, 80, 80.1, 159.9, 160, 160.1):
            kept.now = 1000 + at
            used.append(await kept.token())

        assert (used, kept.issuing.asked) == (
            ["token-1", "token-1", "token-1", "token-2", "token-2", "token-2", "token-3"],
            3,
        )

    run(steps)


def test_renewal_under_load() -> None:
    """While a renewal is under way the old token is used on, and no other renewal begins."""

    async def steps(kept: Kept) -> None:
        await kept.token()
        kept.now += 90
        kept.issuing.may_answer.clear()
        meanwhile = {await kept.token() for _ in range(100)}
        kept.issuing.may_answer.set()
        await kept.token()

        assert (meanwhile, await kept.token(), kept.issuing.asked) == ({"token-1"}, "token-2", 2)

    run(steps)


def test_renewal_that_fails() -> None:
    """A token is used on to its end while renewing fails, which is tried once a second at most."""

    async def steps(kept: Kept) -> None:
        await kept.token()
        kept.issuing.status = 500
        outcomes = []
        for at in (80, 80.5, 80.9, 81, 99.9, 100, 100.1, 100.9, 101.1):
            kept.now = 1000 + at
            outcomes.append((at, await kept.outcome(), kept.issuing.asked))

        assert outcomes == [
            (80, "token-1", 3),  # two answers that are bad are one try
            (80.5, "token-1", 3),
            (80.9, "token-1", 3),
            (81, "token-1", 5),
            (99.9, "token-1", 7),
            (100, "NoTokenError", 7),
            (100.1, "NoTokenError", 7),
            (100.9, "NoTokenError", 9),
            (101.1, "NoTokenError", 9),
        ]

    run(steps)


def test_one_bad_answer() -> None:
    """It costs no call: the endpoint is asked once more, at once."""

    async def steps(kept: Kept) -> None:
        kept.issuing.first_status = 502

        assert (await kept.token(), kept.issuing.asked) == ("token-2", 2)

    run(steps)


def test_endpoint_that_recovers() -> None:
    """The first use after the endpoint has been left alone for a second gets a token."""

    async def steps(kept: Kept) -> None:
        kept.issuing.status = 401
        outcomes = [await kept.outcome(), await kept.outcome()]
        kept.issuing.status = 200
        kept.now += 1
        outcomes.append(await kept.outcome())

        assert (outcomes, kept.issuing.asked) == (
            ["CredentialsRefusedError", "CredentialsRefusedError", "token-2"],
            2,
        )

    run(steps)


def test_deadline() -> None:
    """Nobody waits for a token beyond the deadline of the request; the others wait on."""

    async def steps(kept: Kept) -> None:
        kept.issuing.may_answer.clear()
        patient = asyncio.create_task(kept.token())
        await asyncio.sleep(0)
        with pytest.raises(NoTokenError):
            await kept.token(time.monotonic() + 0.01)
        kept.issuing.may_answer.set()

        assert (await patient, kept.issuing.asked) == ("token-1", 1)

    run(steps)


def test_one_who_goes_away() -> None:
    """A caller that is cancelled does not take the token from those who wait with it."""

    async def steps(kept: Kept) -> None:
        first, second = (asyncio.create_task(kept.token()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()

        assert (await second, first.cancelled(), kept.issuing.asked) == ("token-1", True, 1)

    run(steps)


def test_end_while_renewing() -> None:
    """A renewal that is under way at the end is stopped, and nothing is left behind."""

    async def body() -> set[asyncio.Task[Any]]:
        kept = Kept()
        async with kept.credentials:
            await kept.token()
            kept.now += 90
            kept.issuing.may_answer.clear()
            await kept.token()
        return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}

    assert asyncio.run(body()) == set()


class Upstream:
    """A REST API without a network that refuses some tokens."""

    def __init__(self, *refused: str) -> None:
        self.refused = refused
        self.seen: list[str] = []

    async def send(self, call: Call) -> Answer:
        """Answer 401 to a refused token, 204 to any other."""
        self.seen.append(call.token)
        await asyncio.sleep(0)
        return Answer(401 if call.token in self.refused else 204, httpx.Headers())


async def send(kept: Kept, upstream: Upstream, customer: int = 5690) -> int | str:
    """Send one call; the status of its answer or the kind of failure."""
    try:
        sender = WithCredentials(upstream, kept.credentials)
        return (await sender.send(call(deadline=NEVER)._replace(customer=customer))).status
    except (NoTokenError, CredentialsRefusedError) as error:
        return type(error).__name__


def test_refused_token() -> None:
    """A 401 costs one renewal, however many calls have it, and each is sent once more."""

    async def steps(kept: Kept) -> None:
        upstream = Upstream("token-1")
        statuses = await asyncio.gather(*(send(kept, upstream) for _ in range(50)))

        assert (set(statuses), kept.issuing.asked, upstream.seen) == (
            {204},
            2,
            ["token-1"] * 50 + ["token-2"] * 50,
        )

    run(steps)


def test_refused_late() -> None:
    """A call that learns late of a 401 takes the token that has come meanwhile."""

    async def steps(kept: Kept) -> None:
        await kept.token()
        kept.now += 100
        await kept.token()

        assert (await kept.credentials.replacement_for("token-1", NEVER), kept.issuing.asked) == (
            "token-2",
            2,
        )

    run(steps)


def test_refused_whatever_the_token() -> None:
    """Where a new token is refused too, a second passes before another is asked for."""

    async def steps(kept: Kept) -> None:
        upstream = Upstream("token-1", "token-2", "token-3")
        outcomes = [await send(kept, upstream) for _ in range(5)]
        kept.now += 1
        outcomes.append(await send(kept, upstream))

        assert (set(outcomes), kept.issuing.asked, upstream.seen) == (
            {"CredentialsRefusedError"},
            3,
            ["token-1", *["token-2"] * 5, "token-2", "token-3"],
        )

    run(steps)


def test_refused_for_one_customer_while_the_endpoint_is_down() -> None:
    """A 401 that one call has does not take the token from the others."""

    async def steps(kept: Kept) -> None:
        await send(kept, Upstream())
        kept.issuing.status = 500

        outcomes = [await send(kept, Upstream("token-1")), await send(kept, Upstream())]

        assert outcomes == ["NoTokenError", 204]

    run(steps)


class Everything:
    """What holds every token."""

    def __contains__(self, _: object) -> bool:
        return True


def test_customer_who_is_refused_for_ever() -> None:
    """Renewals for that one become rare, ten seconds apart at most; another's take a second."""

    async def steps(kept: Kept) -> None:
        never = Upstream()
        never.refused = Everything()  # type: ignore[assignment]
        begun = kept.now
        renewed_at = []
        for kept.now in [begun + tenths / 10 for tenths in range(600)]:
            before = kept.issuing.asked
            await send(kept, never)
            renewed_at += [kept.now - begun] * (kept.issuing.asked > before)
        kept.now += 1
        token = await kept.token()
        another = await send(kept, Upstream(token), customer=7310)

        assert (renewed_at, another) == ([0, 1, 3, 7, 15, 25, 35, 45, 55], 204)

    run(steps)


def test_customer_who_is_refused_no_longer() -> None:
    """The customer's next refusal is one renewal again, a second later."""

    async def steps(kept: Kept) -> None:
        refusing = Upstream("token-1", "token-2", "token-3")
        for _ in range(2):
            await send(kept, refusing)
            kept.now += 1
        outcomes = [await send(kept, Upstream())]
        kept.now += 1
        outcomes.append(await send(kept, Upstream("token-3")))

        assert (outcomes, kept.issuing.asked) == ([204, 204], 4)

    run(steps)


def test_repr() -> None:
    """Nothing that keeps a token shows it."""

    async def steps(kept: Kept) -> None:
        await kept.token()

        shown = repr(kept.credentials) + repr(vars(kept.credentials))
        assert "token-1" not in shown

    run(steps)


class Secretive(Issuing):
    """A token endpoint that refuses every secret but one, and notes those that it is shown."""

    def __init__(self, good: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.asked_once = asyncio.Event()
        self._good = good

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer when the test allows it."""
        secret = request.content.decode().rpartition("client_secret=")[2]
        self.shown.append(secret)
        self.asked_once.set()
        answer = await super().handle_async_request(request)
        return answer if secret == self._good else httpx.Response(401)


@pytest.mark.parametrize("under_way", [True, False])
def test_a_secret_that_is_changed(*, under_way: bool) -> None:
    """The new one is shown at once, and after the answer to the old one where it is under way.

    That the old one was refused just now keeps nobody waiting.
    """

    async def steps() -> tuple[str, list[str]]:
        issuing = Secretive("new")
        endpoint = TokenEndpoint(
            issuing, "http://localhost", "id", SecretStr("old"), ClientAuthentication.BODY
        )
        async with ClientCredentials(endpoint, lambda: 1000.0) as credentials:
            if under_way:
                issuing.may_answer.clear()
                waiting = asyncio.create_task(credentials.token(NEVER))
                await issuing.asked_once.wait()
                credentials.change_secret(SecretStr("new"))
                issuing.may_answer.set()
                return await waiting, issuing.shown
            with pytest.raises(CredentialsRefusedError):
                await credentials.token(NEVER)
            credentials.change_secret(SecretStr("new"))
            return await credentials.token(NEVER), issuing.shown

    assert asyncio.run(steps()) == ("token-2", ["old", "new"])


def test_a_token_of_the_old_secret() -> None:
    """It serves on until the new one is there."""

    async def steps(kept: Kept) -> None:
        first = await kept.token()
        kept.issuing.may_answer.clear()
        kept.credentials.change_secret(SecretStr("y"))
        meanwhile = await kept.token()
        kept.issuing.may_answer.set()
        for _ in range(20):
            await asyncio.sleep(0)

        assert (first, meanwhile, await kept.token()) == ("token-1", "token-1", "token-2")

    run(steps)
