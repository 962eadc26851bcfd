"""The gateway over httpx's own transport in the place of ours: success, problems, timeouts."""

from collections.abc import Iterator

import httpx
import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.members import bare_problem, invalid, not_found, success, unavailable
from tests.scripted_upstream import DROP, HANG, Answer, ScriptedUpstream, reply
from tests.servers import gateway_over

UNCLEAR = "The service did not say whether the change was made."


@pytest.fixture
def over_httpx(
    scripted: ScriptedUpstream, sandbox: Sandbox, issue_token: IssueToken
) -> Iterator[Client]:
    """A client of a gateway that reaches `scripted` over a stock transport; it may not read."""
    changes = {"upstream_url": scripted.url, "upstream_attempt_timeout": 0.5}
    with gateway_over(httpx.AsyncHTTPTransport(), sandbox, **changes) as url:
        client = Client(url, issue_token(scope="contacts:write"))
        with client.http:
            yield client


def test_success(over_httpx: Client, scripted: ScriptedUpstream) -> None:
    """The REST API gets a complete request: Host, length and all that goes upstream."""
    member = over_httpx.rename("7", {"name": "New"}, X_Request_Id="its-name")

    [request] = scripted.received
    host = scripted.url.removeprefix("http://")
    assert (member, request.method, request.target, request.body) == (
        success("7", "New"),
        "PATCH",
        "/v1/contactGroups/7",
        b'{"name":"New"}',
    )
    assert [request.header(name) for name in ("Host", "Content-Length", "Customer-Id")] == [
        (host,),
        ("14",),
        ("5690",),
    ]
    assert request.header("X-Request-Id") == ("its-name",)


@pytest.mark.parametrize(
    ("answer", "member"),
    [
        (
            reply(422, '{"title": "No", "errors": {"name": ["Too long."]}}'),
            invalid((["input", "name"], ["Too long."]), problem=bare_problem(422, title="No")),
        ),
        (reply(404, '{"title": "Gone"}'), not_found("7", bare_problem(404, title="Gone"))),
        (HANG, unavailable(UNCLEAR, "UNKNOWN")),
        (DROP, unavailable(UNCLEAR, "UNKNOWN")),
        (
            Answer(reply(204).content, pause=0.2),
            unavailable(UNCLEAR, "UNKNOWN"),
        ),
    ],
    ids=["422", "404", "hang", "drop", "drip"],
)
def test_failure(
    over_httpx: Client, scripted: ScriptedUpstream, answer: Answer, member: dict[str, object]
) -> None:
    """It is the same member as over ours, and no later."""
    assert over_httpx.rename("7", {"name": "Old"}) == success("7", "Old")
    scripted.answers(answer)

    assert over_httpx.rename("7", {"name": "New"}) == member


def test_nobody_listens(sandbox: Sandbox, issue_token: IssueToken) -> None:
    """What could not be sent was not made."""
    with ScriptedUpstream() as gone:
        url = gone.url
    with gateway_over(httpx.AsyncHTTPTransport(), sandbox, upstream_url=url) as gateway:
        client = Client(gateway, issue_token())
        with client.http:
            member = client.rename("7", {"name": "New"})

    assert member == unavailable("The service cannot be reached at the moment.", "NOT_APPLIED")
