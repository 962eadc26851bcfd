"""Bytes that nobody asked for never answer somebody else's request."""

import asyncio
import json

import pytest

from contact_gateway.contact_groups.model import ContactGroupQuery
from contact_gateway.rest_client import HTTP11Transport
from contact_gateway.rest_client.http11.idle import REST_SECONDS
from contact_gateway.rest_client.sending import Sender
from tests.rest_client.stack import Stack, call, caller, open_stack, run
from tests.scripted_upstream import Answer, RecordedRequest, ScriptedUpstream, reply

CUSTOMERS = (5690, 7310)


def group_of(customer: str) -> Answer:
    """A list with the one group of a customer, whose name is the customer's id."""
    page = json.dumps({"items": [{"id": 1, "name": customer}]})
    return reply(200, page, Content_Type="application/json")


def other(customer: str) -> str:
    """The other customer."""
    return str(sum(CUSTOMERS) - int(customer))


def with_a_second_response(request: RecordedRequest) -> Answer:
    """The answer, and after it that of the other customer."""
    (customer,) = request.header("Customer-Id")
    return Answer(group_of(customer).content + group_of(other(customer)).content)


def behind(request: RecordedRequest) -> Answer:
    """The answer, and right behind it, in packets of its own, that of the other customer."""
    (customer,) = request.header("Customer-Id")
    mine, others = group_of(customer).content, group_of(other(customer)).content
    return Answer(mine, behind=others)


async def names(stack: Stack, customer: int, calls: int) -> set[str | int]:
    """The names that so many calls of a customer see."""
    seen: set[str | int] = set()
    for _ in range(calls):
        page = await stack.contact_groups.list(caller(customer=customer), ContactGroupQuery())
        seen.update(group.name for group in page.items)
    return seen


def test_second_response(scripted: ScriptedUpstream) -> None:
    """Of two customers with 200 interleaved calls each, each sees its own answers alone."""
    scripted.responds(with_a_second_response)

    async def interleaved() -> list[set[str | int]]:
        async with open_stack(scripted.url) as stack:
            return await asyncio.gather(*(names(stack, customer, 200) for customer in CUSTOMERS))

    assert run(interleaved()) == [{"5690"}, {"7310"}]
    assert len(scripted.received) == 400


async def in_turn(upstream: ScriptedUpstream) -> list[set[str | int]]:
    """What two customers see who call after each other, 100 times."""
    seen: list[set[str | int]] = [set(), set()]
    async with open_stack(upstream.url) as stack:
        for _ in range(100):
            for customer, found in zip(CUSTOMERS, seen, strict=True):
                found.update(await names(stack, customer, 1))
    return seen


def test_second_response_behind_the_first() -> None:
    """It closes the connection, so that the next call sees its own answer."""

    async def after_each_other(upstream: ScriptedUpstream) -> set[str | int]:
        seen: set[str | int] = set()
        async with open_stack(upstream.url) as stack:
            for _ in range(100):
                seen |= await names(stack, 5690, 1)
                # one that comes only after the next request cannot be told from its answer
                await asyncio.to_thread(upstream.wait_for_ends)
        return seen

    with ScriptedUpstream() as upstream:
        upstream.responds(behind)
        assert run(after_each_other(upstream)) == {"5690"}


def test_two_customers() -> None:
    """Each has connections of its own: what comes too late for one cannot answer the other."""
    seen: dict[int, set[str]] = {}

    def respond(request: RecordedRequest) -> Answer:
        (customer,) = request.header("Customer-Id")
        seen.setdefault(request.connection, set()).add(customer)
        return group_of(customer)

    with ScriptedUpstream() as upstream:
        upstream.responds(respond)
        assert run(in_turn(upstream)) == [{"5690"}, {"7310"}]
        assert upstream.accepted < 100  # connections rest, and serve again
    assert {len(customers) for customers in seen.values()} == {1}


UNASKED = [
    group_of("7310").content,
    group_of("7310").content[:20],
    reply(204).content,
    reply(408).content,
    b"\r\n",
]


@pytest.mark.parametrize("looked_at", [True, False], ids=["looked at", "not looked at yet"])
@pytest.mark.parametrize("unasked", UNASKED)
def test_response_to_nobody(scripted: ScriptedUpstream, unasked: bytes, *, looked_at: bool) -> None:
    """What comes in on an idle connection closes it, and the next call sees its own answer."""
    scripted.answers(group_of("5690"))

    async def after_each_other() -> set[str | int]:
        seen: set[str | int] = set()
        async with open_stack(scripted.url) as stack:
            for _ in range(20):
                seen |= await names(stack, 5690, 1)
                scripted.push(unasked)
                if looked_at:
                    await asyncio.sleep(0.001)  # the loop takes in what has arrived already
        return seen

    assert run(after_each_other()) == {"5690"}


def test_response_to_nobody_just_before_a_request_is_sent() -> None:
    """It is sent on another connection, which is no failure of the call."""

    async def three(sender: Sender) -> list[int]:
        calls = (sender.send(call("GET")) for _ in range(3))
        return [answer.status for answer in await asyncio.gather(*calls)]

    async def third(upstream: ScriptedUpstream) -> int:
        async with HTTP11Transport(3) as transport:
            sender = Sender(transport, upstream.url, 5)
            await three(sender)
            await asyncio.sleep(2 * REST_SECONDS)
            calls = asyncio.create_task(three(sender))
            for _ in range(2):  # two are sent then, and the third waits for the end of the turn
                await asyncio.sleep(0)
            upstream.push(reply(404).content)
            return (await calls)[2]

    with ScriptedUpstream() as upstream:
        assert run(third(upstream)) == 204
