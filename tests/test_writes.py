"""Writes to sockets: which go out at once, which at the end of a turn, and in which order."""

import asyncio

import pytest

from contact_gateway.http.outgoing import Outgoing
from contact_gateway.writes import Writes

FEW, MANY = 2, 3


class Recorder(asyncio.Transport):
    """A transport that notes what was done with it in a journal that all share."""

    def __init__(self, journal: list[bytes]) -> None:
        super().__init__()
        self.journal = journal
        self.closed = False

    def write(self, data: bytes) -> None:  # type: ignore[override]
        """Note what was written."""
        self.journal.append(data)

    def close(self) -> None:
        """Note it."""
        self.journal.append(b"closed")
        self.closed = True

    def abort(self) -> None:
        """Close without a note."""
        self.closed = True

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self.closed


@pytest.fixture
def journal() -> list[bytes]:
    """What was done, in the order in which it was."""
    return []


def test_few_requests(journal: list[bytes]) -> None:
    """What is written while few are under way goes out at once."""
    Writes().write(Recorder(journal), b"first", FEW)

    assert journal == [b"first"]


def test_many_requests(journal: list[bytes]) -> None:
    """What is written in one turn goes out together at its end, in the order of the calls."""

    async def one_turn() -> list[bytes]:
        writes = Writes()
        for data in (b"first", b"second", b"third"):
            writes.write(Recorder(journal), data, MANY)
        before = journal.copy()
        await asyncio.sleep(0)
        return before

    assert (asyncio.run(one_turn()), journal) == ([], [b"first", b"second", b"third"])


def test_many_turns(journal: list[bytes]) -> None:
    """What is written in a later turn goes out in that one."""

    async def turns() -> list[list[bytes]]:
        writes, seen = Writes(), []
        for data in (b"first", b"second"):
            writes.write(Recorder(journal), data, MANY)
            await asyncio.sleep(0)
            seen.append(journal.copy())
        return seen

    assert asyncio.run(turns()) == [[b"first"], [b"first", b"second"]]


def test_few_requests_after_many(journal: list[bytes]) -> None:
    """What is written when few are left does not overtake what waits."""

    async def ending() -> None:
        writes, transport = Writes(), Recorder(journal)
        writes.write(transport, b"first", MANY)
        writes.write(transport, b"second", FEW)
        await asyncio.sleep(0)

    asyncio.run(ending())
    assert journal == [b"first", b"second"]


def test_a_connection_that_is_lost_meanwhile(journal: list[bytes]) -> None:
    """What waits for it is dropped, and for others sent."""

    async def losing() -> None:
        writes, lost = Writes(), Recorder(journal)
        writes.write(lost, b"first", MANY)
        writes.write(Recorder(journal), b"second", MANY)
        lost.abort()
        await asyncio.sleep(0)

    asyncio.run(losing())
    assert journal == [b"second"]


def test_a_connection_that_is_closed_meanwhile(journal: list[bytes]) -> None:
    """What waits for it is sent before it is closed, a held head included, and only once."""

    async def closing() -> None:
        outgoing = Outgoing(Recorder(journal), Writes(), range(MANY))
        outgoing.write(b"response")
        outgoing.begin_response()
        outgoing.write(b"head")
        outgoing.close()
        await asyncio.sleep(0)

    asyncio.run(closing())
    assert journal == [b"response", b"head", b"closed"]
