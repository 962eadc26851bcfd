"""What addresses a name has, asked of a resolver of the test's own."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from contact_gateway.rest_client.http11.name_resolution import Address, NameResolution
from tests.rest_client.stack import run

HOST = "api.example.com"


def address(port: int) -> Address:
    """An address of this machine."""
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))


class Clock:
    """The time, as a test sets it."""

    now = 1000.0

    def __call__(self) -> float:
        """The seconds that it is."""
        return self.now


Step = Callable[[], Awaitable[list[Address]]]


def finds(port: int) -> Step:
    """A look-up that succeeds."""

    async def find() -> list[Address]:
        return [address(port)]

    return find


async def fails() -> list[Address]:
    """A look-up that fails for a moment."""
    raise socket.gaierror(socket.EAI_AGAIN, "try again")


async def is_empty() -> list[Address]:
    """A look-up that comes to nothing."""
    return []


async def breaks() -> list[Address]:
    """A look-up that breaks."""
    raise UnicodeError


async def hangs() -> list[Address]:
    """A look-up that never ends."""
    await asyncio.get_running_loop().create_future()
    raise AssertionError


class Resolver:
    """Takes these steps one after the other, the last one again and again."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> list[Address]:
        """Look up."""
        self.asked.append((host, port))
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        return await step()


async def ports(names: NameResolution, times: int = 1) -> list[str]:
    """What so many look-ups, one after the other, come to: the port, or an error."""
    found = []
    for _ in range(times):
        try:
            (only,) = await names.addresses(HOST, 443)
            found.append(str(only[4][1]))
        except OSError as error:
            found.append(type(error).__name__)
    return found


def test_a_name_that_moves() -> None:
    """It is asked for each time, so the first who asks is told."""
    names = NameResolution(Resolver(finds(1), finds(2)))

    assert run(ports(names, 2)) == ["1", "2"]


@pytest.mark.parametrize("step", [fails, is_empty, breaks])
def test_a_look_up_that_fails_for_a_moment(step: Step) -> None:
    """The addresses from before are used, and asked for again by the next."""
    resolver = Resolver(finds(1), step, step, finds(2))
    names = NameResolution(resolver)

    found = run(ports(names, 5))

    assert (found[:2], found[-1]) == (["1", "1"], "2")


@pytest.mark.parametrize("step", [fails, is_empty])
def test_a_look_up_that_fails_at_first(step: Step) -> None:
    """It fails for who has asked, and not for who asks next."""
    names = NameResolution(Resolver(step, finds(1)))

    assert run(ports(names, 2)) == ["gaierror", "1"]


def test_a_look_up_that_is_slow_once() -> None:
    """It is begun once more, and whichever succeeds first counts."""
    names = NameResolution(Resolver(hangs, finds(1)))

    assert run(ports(names)) == ["1"]


def test_look_ups_that_hang() -> None:
    """Only the first who asks waits, for half a second; the others get what there is at once."""

    async def seconds() -> tuple[list[list[str]], bool]:
        names = NameResolution(Resolver(finds(1), hangs))
        await ports(names, 2)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        found = await asyncio.gather(*(ports(names) for _ in range(100)))
        return found, loop.time() - begun < 0.4

    assert run(seconds()) == ([["1"]] * 100, True)


def test_addresses_that_are_long_out_of_date() -> None:
    """They are not used: they may be somebody else's by now."""
    clock = Clock()
    names = NameResolution(Resolver(finds(1), fails), clock)

    async def later() -> list[str]:
        found = await ports(names)
        for clock.now in (1300, 1301):
            found += await ports(names)
        return found

    assert run(later()) == ["1", "1", "gaierror"]


def test_many_who_ask_at_once() -> None:
    """They share one look-up; who goes away takes it from nobody."""

    async def together() -> tuple[list[list[str]], int]:
        resolver = Resolver(finds(1))
        names = NameResolution(resolver)
        leaving = asyncio.create_task(ports(names))
        others = [asyncio.create_task(ports(names)) for _ in range(50)]
        await asyncio.sleep(0)
        leaving.cancel()
        return await asyncio.gather(*others), len(resolver.asked)

    assert run(together()) == ([["1"]] * 50, 1)


def test_more_names_than_are_remembered() -> None:
    """Those that were asked for first are forgotten."""

    async def remembered() -> int:
        names = NameResolution(Resolver(finds(1)))
        for number in range(100):
            await names.addresses(f"{number}.example.com", 443)
        return len(vars(names)["_names"])

    assert run(remembered()) == 16
