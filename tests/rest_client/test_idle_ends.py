"""An upstream that ends idle connections just as requests come in, as one that is reloaded does."""

import asyncio
import json
import threading

import pytest

from contact_gateway.rest_client.circuit import FAILURES_TO_OPEN
from contact_gateway.rest_client.http11.idle import REST_SECONDS
from tests.rest_client.group import listing
from tests.rest_client.stack import caller, open_stack, run
from tests.scripted_upstream import DROP, RESET, Answer, RecordedRequest, ScriptedUpstream, reply

CALLS = 2 * FAILURES_TO_OPEN


class Reloaded:
    """Carries out every write, and answers those on connections that have not been idle before.

    So many writes are there at a time before any of them ends.
    """

    def __init__(self, end: Answer) -> None:
        self._end = end
        self._all_there = threading.Barrier(CALLS)
        self._names: dict[str, str] = {}
        self._connections: set[int] = set()
        self.lost = 0

    def respond(self, request: RecordedRequest) -> Answer:
        """The answer to one request."""
        if request.method == "GET":
            ((group, name),) = (each for each in self._names.items() if each[0] in request.target)
            return listing(name, int(group))
        self._names[request.target.rpartition("/")[2]] = json.loads(request.body)["name"]
        self._all_there.wait(10)
        if request.connection not in self._connections:
            self._connections.add(request.connection)
            return reply(204)
        self.lost += 1
        return self._end


@pytest.mark.parametrize("end", [DROP, RESET], ids=["drop", "reset"])
def test_many_at_once(scripted: ScriptedUpstream, end: Answer) -> None:
    """One customer's writes that are lost so are all read back: no circuit opens for that."""
    upstream = Reloaded(end)
    scripted.responds(upstream.respond)

    async def twice() -> list[bool]:
        async with open_stack(scripted.url, connections=CALLS) as stack:

            async def all_at_once(name: str) -> list[bool]:
                groups = range(111, 111 + CALLS)
                return await asyncio.gather(
                    *(stack.rename(caller(), f"{name} {each}", each) for each in groups)
                )

            await all_at_once("First")
            await asyncio.sleep(2 * REST_SECONDS)
            return await all_at_once("Second")

    made = run(twice())

    assert made == [True] * CALLS
    assert upstream.lost >= FAILURES_TO_OPEN
