"""An upstream that ends idle connections just as requests come in, as one that is reloaded does."""

import asyncio
import json
import threading

import pytest

from contact_gateway.rest_client.circuit import FAILURES_TO_OPEN
from contact_gateway.rest_client.http11.idle import REST_SECONDS
from contact_gateway.rest_client.problems import FateUnknownError
from tests.rest_client.group import listing
from tests.rest_client.stack import Stack, caller, open_stack, run
from tests.scripted_upstream import DROP, RESET, Answer, RecordedRequest, ScriptedUpstream, reply

CALLS = FAILURES_TO_OPEN + 3  # within the reserve of the budget for repeats


class Reloaded:
    """Carries out every write, and answers those on connections that have not been idle before.

    So many writes are there at a time before any of them ends, which the others do `after` seconds.
    """

    def __init__(self, end: Answer, after: float = 0) -> None:
        self._end = end
        self._after = after
        self._all_there = threading.Barrier(CALLS)
        self._names: dict[str, str] = {}
        self._connections: set[int] = set()
        self._counting = threading.Lock()
        self._enough_lost = threading.Event()
        self.lost = 0

    def respond(self, request: RecordedRequest) -> Answer:
        """The answer to one request."""
        if request.method == "GET":
            self._enough_lost.wait(10)
            ((group, name),) = (each for each in self._names.items() if each[0] in request.target)
            return listing(name, int(group))
        self._names[request.target.rpartition("/")[2]] = json.loads(request.body)["name"]
        self._all_there.wait(10)
        if request.connection not in self._connections:
            self._connections.add(request.connection)
            return reply(204)
        with self._counting:
            self.lost += 1
            if self.lost == FAILURES_TO_OPEN:
                self._enough_lost.set()
        threading.Event().wait(self._after)
        return self._end


async def all_at_once(stack: Stack, name: str, *, may_read: bool) -> list[object]:
    """Rename as many groups of one customer, each to a name of its own; what became of each."""
    return await asyncio.gather(
        *(
            stack.rename(caller(), f"{name} {group}", group, may_read=may_read)
            for group in range(111, 111 + CALLS)
        ),
        return_exceptions=True,
    )


async def twice(url: str, *, may_read: bool) -> tuple[list[object], int]:
    """What becomes of the second round of writes, and how many customers are refused then."""
    async with open_stack(url, connections=CALLS) as stack:
        await all_at_once(stack, "First", may_read=may_read)
        await asyncio.sleep(2 * REST_SECONDS)
        ends = await all_at_once(stack, "Second", may_read=may_read)
        return ends, stack.guard.breaker.customers_refused


@pytest.mark.parametrize("end", [DROP, RESET], ids=["drop", "reset"])
def test_many_at_once(scripted: ScriptedUpstream, end: Answer) -> None:
    """One customer's writes that are lost so are all read back: no circuit opens for that."""
    upstream = Reloaded(end)
    scripted.responds(upstream.respond)

    assert run(twice(scripted.url, may_read=True)) == ([True] * CALLS, 0)
    assert upstream.lost >= FAILURES_TO_OPEN


def test_ends_that_are_late(scripted: ScriptedUpstream) -> None:
    """Requests that were worked on before that are failures: the customer's circuit opens."""
    upstream = Reloaded(DROP, after=1.3)
    scripted.responds(upstream.respond)

    ends, refused = run(twice(scripted.url, may_read=False))

    assert upstream.lost >= FAILURES_TO_OPEN
    assert (len([end for end in ends if isinstance(end, FateUnknownError)]), refused) == (
        upstream.lost,
        1,
    )
