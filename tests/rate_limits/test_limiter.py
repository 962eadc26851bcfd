"""One limit for each caller and customer, and what happens without its storage."""

import asyncio
import socket
from collections.abc import Iterator

import limits
import pytest
import structlog
from limits.aio.storage import Storage
from pydantic import SecretStr

from contact_gateway.rate_limits import InMemory, RateLimiter, open_limiter, open_storage
from tests.rate_limits.test_storage import Clock
from tests.redis_server import RedisServer, redis_server
from tests.servers import free_port

pytestmark = pytest.mark.anyio

THREE_A_MINUTE = limits.parse("3/minute")


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """A Redis for this module."""
    with redis_server() as server:
        yield server


@pytest.fixture(params=["memory", "redis"])
def storage(request: pytest.FixtureRequest) -> Storage:
    """Each of the two places to count in."""
    if request.param == "memory":
        return InMemory()
    server: RedisServer = request.getfixturevalue("redis")
    return open_storage(server.url)


async def test_a_caller_who_asks_too_often(storage: Storage) -> None:
    """The one request too many has to wait for the rest of the window."""
    async with RateLimiter(THREE_A_MINUTE, storage) as limiter:
        answers = [await limiter.seconds_to_wait("ann", "5690") for _ in range(4)]

    assert answers[:3] == [None] * 3
    assert 50 <= (answers[3] or 0) <= 60


async def test_other_callers_and_customers(storage: Storage) -> None:
    """Each has a limit of its own."""
    async with RateLimiter(limits.parse("1/minute"), storage) as limiter:
        pairs = [("eve", "5690"), ("eve", "5691"), ("bob", "5690"), ("bob", "5691")]
        answers = [await limiter.seconds_to_wait(*pair) for pair in pairs]

    assert answers == [None] * 4


async def test_redis_that_goes_and_comes_back() -> None:
    """Without it requests pass, it is asked once a second, and limits are on again with it."""
    port, clock = free_port(), Clock()
    gone = open_storage(f"redis://127.0.0.1:{port}")
    with structlog.testing.capture_logs() as logs:
        async with RateLimiter(limits.parse("1/minute"), gone, clock=clock) as limiter:
            without = [await limiter.seconds_to_wait("ann", "1") for _ in range(5)]
            clock.now += 1
            without.append(await limiter.seconds_to_wait("ann", "1"))
            with redis_server(port):
                clock.now += 1
                again = [await limiter.seconds_to_wait("ann", "1") for _ in range(2)]

    assert (without, limiter.failures) == ([None] * 6, 2)
    assert (again[0], again[1] is not None) == (None, True)
    assert [log["event"] for log in logs] == [*["rate_limits_off"] * 2, "rate_limits_on"]


async def test_redis_that_hangs_on() -> None:
    """One request a second waits for it, however many come; the others pass at once."""
    clock = Clock()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        storage = open_storage(f"redis://127.0.0.1:{silent.getsockname()[1]}")
        async with RateLimiter(THREE_A_MINUTE, storage, clock=clock) as limiter:
            await limiter.seconds_to_wait("ann", "1")
            clock.now += 1
            begun = [asyncio.ensure_future(limiter.seconds_to_wait("ann", "1")) for _ in range(50)]
            await asyncio.sleep(0)
            passed = sum(each.done() for each in begun)
            answers = await asyncio.gather(*begun)

    assert (passed, answers, limiter.failures) == (49, [None] * 50, 2)


async def test_redis_that_does_not_answer() -> None:
    """It is waited for only briefly; the issue is that the gateway stays up."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        storage = open_storage(f"redis://127.0.0.1:{silent.getsockname()[1]}")
        async with RateLimiter(THREE_A_MINUTE, storage) as limiter:
            async with asyncio.timeout(5):
                answer = await limiter.seconds_to_wait("ann", "1")
            answers = await limiter.storage_answers()

    assert (answer, answers, limiter.failures) == (None, False, 1)


async def test_another_redis() -> None:
    """Requests are counted in the new one from now on; the same URL changes nothing."""
    with redis_server() as first, redis_server() as second:
        async with open_limiter("1/minute", SecretStr(first.url)) as limiter:
            counted = [await limiter.seconds_to_wait("ann", "1")]
            limiter.count_in(SecretStr(first.url))
            counted.append(await limiter.seconds_to_wait("ann", "1"))
            limiter.count_in(SecretStr(second.url))
            counted += [await limiter.seconds_to_wait("ann", "1") for _ in range(2)]

    assert [each is None for each in counted] == [True, False, True, False]
