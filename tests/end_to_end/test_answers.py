"""The rows of the outcome table that the sandbox cannot make: one answer of an upstream each."""

import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.members import (
    Member,
    accepted,
    bare_problem,
    denied,
    invalid,
    not_found,
    rate_limited,
    rejected,
    success,
    unavailable,
    unexpected,
)
from tests.scripted_upstream import DROP, HANG, RESET, Answer, ScriptedUpstream, reply
from tests.servers import gateway_before

HTML = "<html><title>Front door</title></html>"
CREATED = success("1", "New")
BUSY = "The service takes no requests at the moment."
FAILED = "The service failed while it handled the request."
UNCLEAR = "The service did not say whether the change was made."
# RFC 9457 section 3
POINTED = (
    '{"title": "No", "errors": [{"detail": "must not be longer than 50", "pointer": "#/name"}]}'
)
MESSAGES_OF_ALL_CASINGS = (
    '{"errors": {"Name": ["a"], "$.name": ["b"], "input.NAME": "c", "Other": ["d"], "Mute": []}}'
)


@pytest.mark.parametrize(
    ("answer", "member"),
    [
        pytest.param(
            reply(200, "{}", Content_Type="application/json; charset=utf-8"),
            CREATED,
            id="200 with {}",
        ),
        pytest.param(reply(200, '{"name": "Old"}'), CREATED, id="200 with a body"),
        pytest.param(reply(202), accepted(), id="202"),
        pytest.param(reply(204), CREATED, id="204"),
        pytest.param(
            Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut", "close"),
            CREATED,
            id="200 cut off",
        ),
        pytest.param(
            Answer(b"HTTP/1.1 204 OK\r\nX-Server: \xe9t\xe9\r\nX-More: \xff\r\n\r\n"),
            CREATED,
            id="204 with headers that are not ASCII",
        ),
        pytest.param(
            reply(302, Location="/v1/elsewhere"),
            unexpected("NOT_APPLIED", bare_problem(302)),
            id="302",
        ),
        pytest.param(reply(304), unexpected("NOT_APPLIED", bare_problem(304)), id="304"),
        pytest.param(
            reply(400, '{"title": "No", "errors": {"name": ["Too short."]}}'),
            invalid((["input", "name"], ["Too short."]), problem=bare_problem(400, title="No")),
            id="400 with errors",
        ),
        pytest.param(
            reply(409, '{"errors": {"Name": ["Taken."]}}', Content_Type="application/json"),
            invalid((["input", "name"], ["Taken."]), problem=bare_problem(409)),
            id="409 with errors",
        ),
        pytest.param(
            reply(422, MESSAGES_OF_ALL_CASINGS),
            invalid(
                (["input", "name"], ["a", "b", "c"]),
                (["input"], ["Other: d", "Mute: The service gave no reason."]),
                problem=bare_problem(422),
            ),
            id="422 with keys of all casings",
        ),
        pytest.param(
            reply(422, POINTED),
            invalid(
                (["input", "name"], ["must not be longer than 50"]),
                problem=bare_problem(422, title="No"),
            ),
            id="422 with a pointer",
        ),
        pytest.param(
            reply(400, POINTED),
            invalid(
                (["input", "name"], ["must not be longer than 50"]),
                problem=bare_problem(400, title="No"),
            ),
            id="400 with a pointer",
        ),
        pytest.param(
            reply(422, '{"detail": "The name is odd."}'),
            invalid(
                (["input"], ["The name is odd."]),
                problem=bare_problem(422, detail="The name is odd."),
            ),
            id="422 without errors",
        ),
        pytest.param(
            reply(422),
            invalid((["input"], ["The service gave no reason."]), problem=bare_problem(422)),
            id="422 without a word",
        ),
        pytest.param(
            reply(400, HTML, Content_Type="text/html"),
            unexpected("NOT_APPLIED", bare_problem(400)),
            id="400 without a problem",
        ),
        pytest.param(
            reply(400, '{"title": "read"}', Content_Type="text/json"),
            rejected(bare_problem(400, title="read")),
            id="400 with an old content type",
        ),
        pytest.param(
            reply(400, '{"title": "unread"}', Content_Type="application/xml"),
            unexpected("NOT_APPLIED", bare_problem(400)),
            id="400 with another content type",
        ),
        pytest.param(
            reply(400, '{"title": '),
            unexpected("NOT_APPLIED", bare_problem(400)),
            id="400 that cannot be parsed",
        ),
        pytest.param(
            reply(409, f'{{"title": "{"x" * 1_048_577}"}}'),
            unexpected("NOT_APPLIED", bare_problem(409)),
            id="409 over 1 MiB",
        ),
        pytest.param(
            reply(401, '{"title": "Expired"}'),
            rejected(bare_problem(401, title="Expired")),
            id="401 of a passed-through token",
        ),
        pytest.param(reply(401), rejected(bare_problem(401)), id="401 without a word"),
        pytest.param(
            reply(403, HTML, Content_Type="text/html"),
            denied("You may not do this.", problem=bare_problem(403)),
            id="403 without a problem",
        ),
        pytest.param(reply(404, "{}"), not_found("1", bare_problem(404)), id="404 with {}"),
        pytest.param(
            reply(404), unexpected("NOT_APPLIED", bare_problem(404)), id="404 without a word"
        ),
        pytest.param(
            reply(418, '{"type": "/teapot", "status": 200, "title": 7, "instance": "/pot"}'),
            rejected(bare_problem(418, type="/teapot", instance="/pot", extensions={"title": 7})),
            id="another 4xx, with members that lie",
        ),
        pytest.param(
            reply(405, HTML, Content_Type="text/html"),
            unexpected("NOT_APPLIED", bare_problem(405)),
            id="another 4xx without a problem",
        ),
        pytest.param(
            reply(429, Retry_After="29.5"),
            rate_limited(bare_problem(429), retry_after=30),
            id="429 for half a minute, with a fraction",
        ),
        pytest.param(
            reply(503, Retry_After="29.5"),
            unavailable(BUSY, "NOT_APPLIED", bare_problem(503), retry_after=30),
            id="503 for half a minute, with a fraction",
        ),
        pytest.param(
            reply(503, Retry_After=" 2147483648.000001 "),
            unavailable(BUSY, "NOT_APPLIED", bare_problem(503), retry_after=2_147_483_647),
            id="503 for ever",
        ),
        pytest.param(
            reply(429, Retry_After="4000000000"),
            rate_limited(bare_problem(429), retry_after=2_147_483_647),
            id="429 for ever",
        ),
    ],
)
def test_answer(
    healthy_client: Client, scripted: ScriptedUpstream, answer: Answer, member: Member
) -> None:
    """The answer is this member, whole, and the upstream was asked once."""
    scripted.answers(answer)

    result = healthy_client.rename("1", {"name": "New"})

    assert (result, len(scripted.received)) == (member, 1)


@pytest.mark.parametrize(
    ("answer", "member"),
    [
        pytest.param(
            reply(501, '{"title": "No", "detail": "secret"}'),
            unexpected("UNKNOWN", bare_problem(501, title="No")),
            id="another 5xx",
        ),
        pytest.param(
            reply(500, HTML, Content_Type="text/html"),
            unavailable(FAILED, "UNKNOWN", bare_problem(500)),
            id="500 without a problem",
        ),
        pytest.param(
            reply(503), unavailable(UNCLEAR, "UNKNOWN", bare_problem(503)), id="503 for ever"
        ),
        pytest.param(
            reply(503, Retry_After="soon"),
            unavailable(UNCLEAR, "UNKNOWN", bare_problem(503)),
            id="503 with garbage in Retry-After",
        ),
        pytest.param(DROP, unavailable(UNCLEAR, "UNKNOWN"), id="closed"),
        pytest.param(RESET, unavailable(UNCLEAR, "UNKNOWN"), id="reset"),
        pytest.param(HANG, unavailable(UNCLEAR, "UNKNOWN"), id="silent"),
        pytest.param(
            Answer(b"SSH-2.0-OpenSSH_9.9\r\n", "close"),
            unavailable(UNCLEAR, "UNKNOWN"),
            id="not HTTP",
        ),
    ],
)
def test_answer_of_an_ill_upstream(
    scripted_client: Client, scripted: ScriptedUpstream, answer: Answer, member: Member
) -> None:
    """An upstream that answers everything so leaves the fate of the write unknown."""
    scripted.answers(answer)

    result = scripted_client.rename("1", {"name": "New"})

    assert result == member


def test_connection_refused(sandbox: Sandbox, issue_token: IssueToken) -> None:
    """What was never sent was not applied, and may be tried again."""
    with ScriptedUpstream() as gone:
        url = gone.url
    with gateway_before(sandbox, upstream_url=url) as gateway_url:
        client = Client(gateway_url, issue_token())
        with client.http:
            result = client.rename("1", {"name": "New"})

    assert result == unavailable("The service cannot be reached at the moment.", "NOT_APPLIED")
