"""Where a response ends, and whether it is one: RFC 9112, compared with what h11 makes of it."""

import random

import pytest

from contact_gateway.rest_client import HTTP11Transport
from contact_gateway.rest_client.problems import NotAnsweredError
from contact_gateway.rest_client.sending import Sender
from tests.rest_client.http11.responses import BREAKS, Break, Outcome, judged_by_h11, response
from tests.rest_client.stack import call, run
from tests.scripted_upstream import Answer, ScriptedUpstream

ROUNDS = 4
SEED = 9112


async def outcomes(url: str, count: int) -> list[Outcome]:
    """What so many reads come to, one after the other."""
    found: list[Outcome] = []
    async with HTTP11Transport() as transport:
        sender = Sender(transport, url, 5)
        for _ in range(count):
            try:
                answer = await sender.send(call("GET"))
            except NotAnsweredError:
                found.append(("none", 0, b""))
            else:
                whole = answer.incomplete is None
                found.append(
                    ("whole", answer.status, answer.content)
                    if whole
                    else ("broken", answer.status, b"")
                )
    return found


def broken(how: Break, seed: int) -> bytes:
    """A response that is broken so."""
    rng = random.Random(f"{SEED} {seed} {how.name}")  # noqa: S311 - it has to be the same again
    parts, _ = response(rng, how.kinds[seed % len(how.kinds)])
    how.breaks(parts)
    return bytes(parts)


def test_how_many() -> None:
    """Three hundred at least, and no way to break one stands there twice."""
    names = [how.name for how in BREAKS]

    assert len(set(names)) == len(names)
    assert len(names) * ROUNDS >= 300


@pytest.mark.parametrize("how", BREAKS, ids=[how.name for how in BREAKS])
def test_a_response_that_is_broken_in_one_place(scripted: ScriptedUpstream, how: Break) -> None:
    """It is what h11 takes it for; where the RFC wants another thing, it is that, and differs."""
    raw = [broken(how, seed) for seed in range(ROUNDS)]
    scripted.answers(*(Answer(each, then="close") for each in raw))

    found = run(outcomes(scripted.url, ROUNDS))

    theirs = [judged_by_h11(each) for each in raw]
    if how.ours is None:
        assert found == theirs
    else:
        assert [kind for kind, _, _ in found] == [how.ours] * ROUNDS, how.why
        assert all(kind != how.ours for kind, _, _ in theirs)
