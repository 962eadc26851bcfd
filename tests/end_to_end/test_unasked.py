"""An answer that nobody has asked for answers nobody, whenever it comes.

A thorough run makes 300 renames for each delay, and with `-s` prints the table.
"""

from typing import Any

import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client, open_http
from tests.conftest import IssueToken
from tests.log_watch import LogWatch
from tests.scripted_upstream import Answer, ScriptedUpstream, reply
from tests.servers import gateway_before
from tests.thorough import THOROUGH

RENAMES = 300 if THOROUGH else 100
PROBLEM = '{"title": "No", "errors": {"name": ["No."]}}'
MADE, REFUSED, MISSING = reply(204).content, reply(422, PROBLEM).content, reply(404, "{}").content
ANSWERS = {
    "404 behind what was made": (MADE, MISSING, "UpdateContactGroupSuccess"),
    "204 behind what was refused": (REFUSED, MADE, "InvalidInputError"),
}
# five renames, one right after the other, and nothing of what else a request costs between them
ALIASES = [f'a{n}: updateContactGroup(id: "{n}", input: $i) {{ __typename }}' for n in range(1, 6)]
FIVE = "mutation ($i: UpdateContactGroupInput!) { " + " ".join(ALIASES) + " }"


def members(client: Client, renames: int) -> list[str]:
    """What so many renames come to that follow one another."""
    found: list[str] = []
    while len(found) < renames:
        data: dict[str, Any] = client.post(FIVE, {"i": {"name": "New"}}).json()["data"]
        found += (member["__typename"] for member in data.values())
    return found


@pytest.mark.parametrize("milliseconds", [0, 0.1, 1, 5, 20, 50])
@pytest.mark.parametrize("answers", ANSWERS)
def test_a_late_answer(
    sandbox: Sandbox, issue_token: IssueToken, answers: str, milliseconds: float
) -> None:
    """No rename gets one that comes within 5 ms; of those that come later, one at most is got."""
    answer, unasked, right = ANSWERS[answers]
    with ScriptedUpstream() as upstream, open_http() as http:
        upstream.answers(Answer(answer, late=unasked, late_by=milliseconds / 1000))
        with gateway_before(sandbox, upstream_url=upstream.url) as url:
            found = members(Client(url, issue_token(), http=http), RENAMES)

    wrong = len(found) - found.count(right)
    print(f"{answers}, {milliseconds} ms late: {wrong} wrong of {len(found)}")  # noqa: T201
    assert wrong <= (0 if milliseconds <= 5 else 1)
    assert len(upstream.received) == RENAMES


def test_an_upstream_that_is_found_out(
    sandbox: Sandbox, issue_token: IssueToken, logs: LogWatch
) -> None:
    """It is logged once, without what it sent, and counted; each request has a connection now."""
    with ScriptedUpstream() as upstream, open_http() as http:
        surplus = Answer(MADE + reply(404, '{"title": "Secret 5e1f0c"}').content)
        upstream.answers(surplus)
        with gateway_before(sandbox, upstream_url=upstream.url) as url:
            client = Client(url, issue_token(), http=http)
            found = members(client, 10)
            upstream.answers(reply(204))
            found += members(client, 10)
            metrics = http.get(f"{url}/metrics").text

        assert found == ["UpdateContactGroupSuccess"] * 20
        assert upstream.accepted == 20
        assert "\ncontact_gateway_upstream_unasked_total 10.0\n" in metrics
        log = logs.getvalue().decode()
        lines = [line for line in log.splitlines() if upstream.url in line]
        assert ["upstream_unasked" in line for line in lines] == [True]
        assert "5e1f0c" not in log
