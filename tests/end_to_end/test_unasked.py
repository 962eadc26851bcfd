"""An answer that nobody has asked for answers nobody, whenever it comes."""

import re
from typing import Any

import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.log_watch import LogWatch
from tests.scripted_upstream import Answer, ScriptedUpstream, reply
from tests.servers import gateway_before

ALIASES = 5
RENAMES = 300
PROBLEM = '{"title": "No", "errors": {"name": ["No."]}}'
MADE, REFUSED, MISSING = reply(204).content, reply(422, PROBLEM).content, reply(404, "{}").content

# five renames, one after the other, and nothing of what else a request costs between them
FIVE = "mutation Five($input: UpdateContactGroupInput!) {%s}" % "".join(
    f' a{n}: updateContactGroup(id: "{n + 1}", input: $input) {{ __typename }}'
    for n in range(ALIASES)
)


def members(client: Client, renames: int = RENAMES) -> list[str]:
    """What so many renames come to that follow one another."""
    found: list[str] = []
    while len(found) < renames:
        data: dict[str, Any] = client.post(FIVE, {"input": {"name": "New"}}).json()["data"]
        found += (member["__typename"] for member in data.values())
    return found


@pytest.mark.parametrize("milliseconds", [0, 0.1, 1, 5, 20, 50])
@pytest.mark.parametrize(
    ("answer", "unasked", "right"),
    [
        (MADE, MISSING, "UpdateContactGroupSuccess"),
        (REFUSED, MADE, "InvalidInputError"),
    ],
    ids=["404 behind what was made", "204 behind what was refused"],
)
def test_a_late_answer(
    sandbox: Sandbox,
    issue_token: IssueToken,
    answer: bytes,
    unasked: bytes,
    right: str,
    milliseconds: float,
) -> None:
    """Of 300 renames, none gets one that comes within 5 ms; of later ones, at most one does."""
    with ScriptedUpstream() as upstream:
        upstream.answers(Answer(answer, late=unasked, late_by=milliseconds / 1000))
        with gateway_before(sandbox, upstream_url=upstream.url) as url:
            client = Client(url, issue_token())
            with client.http:
                found = members(client)

    wrong = RENAMES - found.count(right)
    assert wrong <= (0 if milliseconds <= 5 else 1)
    assert len(upstream.received) == RENAMES
