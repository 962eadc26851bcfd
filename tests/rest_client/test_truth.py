"""Whatever happens in whatever order, what is said of a write is true."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_gateway.contact_groups import ContactGroupsAPI
from contact_gateway.failures.table import failure_of
from contact_gateway.rest_client import AnswerReader
from contact_gateway.rest_client.budget import RetryBudget
from contact_gateway.rest_client.call import Answer, Call
from contact_gateway.rest_client.problems import (
    CircuitOpenError,
    ConnectError,
    CredentialsRefusedError,
    DeadlineError,
    NotAnsweredError,
    QueueFullError,
    UpstreamError,
)
from contact_gateway.rest_client.retries import Retries
from tests.rest_client.stack import caller
from tests.thorough import often

GROUP = 1
NEW = "New"


def answer(status: int, content: bytes = b"", **headers: str) -> Answer:
    """An answer with these headers, which have `_` for `-`."""
    fields = httpx.Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return Answer(status, fields, content)


def explained(status: int) -> Answer:
    """An answer with a problem document."""
    return answer(status, b"{}", Content_Type="application/json")


NEVER_SENT = (ConnectError(), QueueFullError(), CircuitOpenError(1), DeadlineError())
CLEAR = (
    CredentialsRefusedError(),
    *(explained(status) for status in (302, 400, 401, 403, 404, 409, 422, 429)),
    answer(429, Retry_After="0"),
    answer(503, Retry_After="0"),
)
UNCLEAR = (
    NotAnsweredError(),
    *(explained(status) for status in (500, 501, 502, 503, 504, 599)),
)


@dataclass(frozen=True)
class Event:
    """One thing that the upstream does: `lands` says when a write is made, if it is."""

    outcome: Answer | UpstreamError
    lands: str = "never"


@dataclass
class Upstream:
    """An upstream with one group, to which these events happen in turn, and then all goes well."""

    writes: list[Event]
    reads: list[UpstreamError | Answer | None]
    name: str = "Old"
    landed: bool = False
    may_land: bool = False
    missing: int = 0
    log: list[str] = field(default_factory=list)

    async def send(self, call: Call) -> Answer:
        """Do what comes next."""
        self.log.append(call.method)
        outcome = self._write() if call.method == "PATCH" else self._read()
        if isinstance(outcome, UpstreamError):
            raise outcome
        return outcome

    def _write(self) -> Answer | UpstreamError:
        event = self.writes.pop(0) if self.writes else Event(answer(204), "at once")
        if event.lands == "at once":
            self.name, self.landed = NEW, True
        self.may_land |= event.lands == "late"
        self.missing += isinstance(event.outcome, Answer) and event.outcome.status == 404
        return event.outcome

    def _read(self) -> Answer | UpstreamError:
        read = self.reads.pop(0) if self.reads else None
        page = {"items": [{"id": GROUP, "name": self.name}]}
        return read or answer(200, json.dumps(page).encode())


writes: st.SearchStrategy[Sequence[Event]] = st.lists(
    st.builds(Event, st.sampled_from(NEVER_SENT))
    | st.builds(Event, st.sampled_from(CLEAR))
    | st.builds(Event, st.sampled_from(UNCLEAR), st.sampled_from(["never", "at once", "late"])),
    max_size=5,
)
reads = st.lists(
    st.none() | st.sampled_from(NEVER_SENT) | st.sampled_from(CLEAR) | st.sampled_from(UNCLEAR),
    max_size=4,
)


async def rename(upstream: Upstream, *, may_read: bool) -> str:
    """Rename the group; the outcome that a client is told."""
    retries = Retries(upstream, RetryBudget(), sleep=lambda _: asyncio.sleep(0))
    contact_groups = ContactGroupsAPI(retries, AnswerReader(exposed=False))
    try:
        await contact_groups.update(caller(), GROUP, {"name": NEW}, may_read=may_read)
    except UpstreamError as error:
        return failure_of(error).outcome.name
    return "SUCCESS"


@settings(deadline=None, max_examples=often(500))
@given(writes=writes, reads=reads, may_read=st.booleans())
def test_any_interleaving(
    writes: list[Event], reads: list[UpstreamError | Answer | None], *, may_read: bool
) -> None:
    """NOT_APPLIED: nothing was made, and nothing can be made later. Success: it was made."""
    upstream = Upstream([*writes], [*reads])

    outcome = asyncio.run(rename(upstream, may_read=may_read))

    if outcome == "NOT_APPLIED":
        assert (upstream.landed, upstream.may_land) == (False, False), upstream.log
    if outcome == "SUCCESS":
        assert upstream.name == NEW, upstream.log
    # one read for each 404, sent three times at most, tells a missing group from a missing API
    assert may_read or upstream.log.count("GET") <= 3 * upstream.missing
