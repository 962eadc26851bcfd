"""What became of a write: never lost, never doubled, never lied about."""

import asyncio

import pytest

from contact_gateway.rest_client.problems import (
    FateUnknownError,
    InvalidFieldsError,
    RateLimitedError,
    ServerError,
    UpstreamError,
)
from tests.rest_client.group import GROUP, Group, Write, listing
from tests.rest_client.stack import caller, open_stack, run
from tests.scripted_upstream import DROP, HANG, RESET, Answer, ScriptedUpstream, reply

NEW = "New"
UNCLEAR = {
    "dropped": DROP,
    "reset": RESET,
    "hanging": HANG,
    "not HTTP": Answer(b"nonsense\r\n\r\n", "close"),
    "502": reply(502),
    "503": reply(503),
    "504": reply(504),
    "520": reply(520),
    "524": reply(524, "<html>", Content_Type="text/html"),
    "530": reply(530),
    "303": reply(303, Location="/elsewhere"),
    "206": reply(206, "{}", Content_Type="application/json"),
    "login page": reply(200, "<!doctype html><form>", Content_Type="text/html; charset=utf-8"),
    "page without a type": Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"),
    "plain text": reply(201, "maintenance", Content_Type="text/plain"),
}


async def rename(
    upstream: ScriptedUpstream, group: Group, *, may_read: bool = True
) -> UpstreamError | None:
    """Rename the group with a stack of its own; how it failed, or None."""
    upstream.responds(group.respond)
    hangs = any(write.answer is HANG for write in group.writes)
    async with open_stack(upstream.url, attempt_timeout=0.4 if hangs else 2) as stack:
        try:
            await stack.rename(caller(), NEW, GROUP, may_read=may_read)
        except UpstreamError as error:
            return error
    return None


def methods(upstream: ScriptedUpstream) -> list[str]:
    """What the upstream was asked, in order."""
    return [request.method for request in upstream.received]


@pytest.mark.parametrize("answer", UNCLEAR.values(), ids=UNCLEAR)
def test_applied_and_not_answered(scripted: ScriptedUpstream, answer: Answer) -> None:
    """The new name is read back: success, and nothing was sent twice."""
    group = Group([Write(True, answer)])

    failure = run(rename(scripted, group))

    assert (failure, group.applied, methods(scripted)) == (None, [NEW], ["PATCH", "GET"])


@pytest.mark.parametrize("answer", UNCLEAR.values(), ids=UNCLEAR)
def test_neither_applied_nor_answered(scripted: ScriptedUpstream, answer: Answer) -> None:
    """The old name is read back: the write is sent once more, and made once."""
    group = Group([Write(False, answer), Write(True, reply(204))])

    failure = run(rename(scripted, group))

    assert (failure, group.applied, methods(scripted)) == (None, [NEW], ["PATCH", "GET", "PATCH"])


@pytest.mark.parametrize(
    "second",
    [
        *UNCLEAR.values(),
        reply(422, '{"errors": {"name": ["Taken."]}}'),
        reply(400, "{}"),
        reply(403, "{}"),
        reply(404, "{}"),
        reply(500),
        reply(302),
        reply(429, Retry_After="60"),
        reply(503, Retry_After="60"),
    ],
)
def test_repeat_that_fails(scripted: ScriptedUpstream, second: Answer) -> None:
    """Whatever the second answer is, it does not tell what becomes of the first write."""
    group = Group([Write(False, reply(504)), Write(False, second)])

    failure = run(rename(scripted, group))

    assert (type(failure), methods(scripted)) == (FateUnknownError, ["PATCH", "GET", "PATCH"])


@pytest.mark.parametrize(
    "read",
    [
        reply(403, "{}"),
        reply(401),
        reply(404, "{}"),
        reply(500),
        reply(200, "{}"),
        reply(200, '{"items": []}'),
        reply(200, '{"items": [{"id": 1, "name": null}]}'),
        reply(204),
        reply(307, Location="/"),
        listing(NEW, group_id=2),
        DROP,
    ],
)
def test_read_that_does_not_help(scripted: ScriptedUpstream, read: Answer) -> None:
    """What cannot be read back is not known, and the write is not sent again."""
    group = Group([Write(True, reply(502))], read=read)

    failure = run(rename(scripted, group))

    assert (type(failure), methods(scripted).count("PATCH")) == (FateUnknownError, 1)


def test_problem_of_an_unknown_fate(scripted: ScriptedUpstream) -> None:
    """The problem shown is that of the write, not that of the reading back."""
    group = Group([Write(True, reply(502))], read=reply(403, "{}"))

    failure = run(rename(scripted, group))

    assert failure is not None
    assert failure.problem is not None
    assert failure.problem.status == 502


def test_caller_who_may_not_read(scripted: ScriptedUpstream) -> None:
    """Without contacts:read nothing is read, and nothing is known."""
    group = Group([Write(True, DROP)])

    failure = run(rename(scripted, group, may_read=False))

    assert (type(failure), methods(scripted)) == (FateUnknownError, ["PATCH"])


def test_name_that_the_group_has_already(scripted: ScriptedUpstream) -> None:
    """The group has the name that was asked for, whoever gave it: success."""
    group = Group([Write(False, DROP)], read=listing(NEW))

    failure = run(rename(scripted, group))

    assert (failure, methods(scripted)) == (None, ["PATCH", "GET"])


def test_name_changed_by_somebody_else(scripted: ScriptedUpstream) -> None:
    """A third name counts as the old one: the caller's own wish is sent once more."""
    group = Group([Write(True, DROP), Write(True, reply(204))], read=listing("Third"))

    failure = run(rename(scripted, group))

    assert (failure, methods(scripted)) == (None, ["PATCH", "GET", "PATCH"])


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (reply(500), ServerError),
        (reply(422), InvalidFieldsError),
        (reply(429), RateLimitedError),
    ],
)
def test_clear_answer(scripted: ScriptedUpstream, answer: Answer, expected: type) -> None:
    """An answer of the upstream itself stands, a 500 too: no read, no repeat."""
    group = Group([Write(False, answer)])

    failure = run(rename(scripted, group))

    assert (type(failure), methods(scripted)) == (expected, ["PATCH"])


@pytest.mark.parametrize("may_read", [True, False])
@pytest.mark.parametrize("answer", [DROP, HANG, reply(502)], ids=["drop", "hang", "502"])
def test_a_hundred_lost_answers(answer: Answer, *, may_read: bool) -> None:
    """Each write is made exactly once, and its fate is told exactly when it can be read back.

    25 gateways at a time, each with an upstream of its own, rename 4 times in a row: 5 failures
    in a row would open the circuit.
    """

    async def rename_four_times() -> list[tuple[str, list[str]]]:
        group = Group([Write(True, answer)])
        outcomes = []
        with ScriptedUpstream() as upstream:
            upstream.responds(group.respond)
            async with open_stack(upstream.url, attempt_timeout=2) as stack:
                for name in ("A", "B", "C", "D"):
                    group.applied.clear()
                    try:
                        await stack.rename(caller(), name, GROUP, may_read=may_read)
                        outcome = "SUCCESS"
                    except FateUnknownError:
                        outcome = "UNKNOWN"
                    outcomes.append((outcome, [*group.applied]))
        return outcomes

    async def all_of_them() -> list[list[tuple[str, list[str]]]]:
        return await asyncio.gather(*(rename_four_times() for _ in range(25)))

    outcome = "SUCCESS" if may_read else "UNKNOWN"
    assert run(all_of_them()) == [[(outcome, [name]) for name in ("A", "B", "C", "D")]] * 25
