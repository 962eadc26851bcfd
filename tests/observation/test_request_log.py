"""The line that the log has for a request, and the header that says the same to monitors."""

from typing import Any
from uuid import uuid4

import pytest

from contact_gateway.sandbox import SCENARIOS, Sandbox
from tests.client import RENAME, Client, open_http
from tests.conftest import IssueToken
from tests.log_watch import CANARY_NAME, LogWatch
from tests.scripted_upstream import ScriptedUpstream, reply
from tests.servers import gateway_before

SUBJECT = "development"


def line(logs: LogWatch, request_id: str) -> dict[str, Any]:
    """The one line about a request, without its moment and durations, which must be there."""
    (found,) = logs.lines(request_id)
    for name in ("timestamp", "milliseconds"):
        assert found.pop(name)
    assert ("upstream_milliseconds" in found) == ("upstream_attempts" in found)
    found.pop("upstream_milliseconds", None)
    return found


def test_a_change(client: Client, logs: LogWatch) -> None:
    """One line tells who did what, what it came to, and what the upstream did, but no name."""
    variables = {"id": "5514123", "input": {"name": CANARY_NAME}}

    response = client.post(RENAME, variables, X_Request_Id="log-of-a-change")

    found = line(logs, "log-of-a-change")
    caller = found.pop("caller")
    assert response.headers["GraphQL-Result-Types"] == (
        "updateContactGroup=UpdateContactGroupSuccess"
    )
    assert SUBJECT not in caller
    assert found == {
        "event": "request",
        "level": "info",
        "request_id": "log-of-a-change",
        "status": 200,
        "customer": 5690,
        "operation": "Rename",
        "results": "updateContactGroup=UpdateContactGroupSuccess",
        "upstream_status": 204,
        "upstream_attempts": 1,
    }


UNREAD = {
    "a page in the place of a success": (
        RENAME,
        reply(200, "<html>Log in</html>", Content_Type="text/html"),
        "text/html, 19 bytes, not JSON",
    ),
    "JSON of a success that breaks off": (
        RENAME,
        reply(200, '{"name": ', Content_Type="application/json"),
        "application/json, 9 bytes, not JSON",
    ),
    "a success of more than can be read": (
        RENAME,
        reply(200, b"x" * 1_048_577, Content_Type="application/json"),
        "application/json, ? bytes, oversized",
    ),
    "a page in the place of a problem": (
        RENAME,
        reply(502, "<html>Bad gateway</html>", Content_Type="text/html; charset=utf-8"),
        "text/html, 24 bytes, not JSON",
    ),
    "a page in the place of a list": (
        "{ contactGroups { items { id } } }",
        reply(200, "<html>Log in</html>", Content_Type="text/html"),
        "text/html, 19 bytes, not JSON",
    ),
}


@pytest.mark.parametrize("case", UNREAD)
def test_an_answer_that_cannot_be_read(
    case: str, scripted_client: Client, scripted: ScriptedUpstream, logs: LogWatch
) -> None:
    """The line says its media type, its size and why, and nothing of what it said."""
    document, answer, unread = UNREAD[case]
    scripted.answers(answer)
    variables = {"id": "1", "input": {"name": CANARY_NAME}} if document == RENAME else {}
    request_id = uuid4().hex

    scripted_client.post(document, variables, X_Request_Id=request_id)

    assert line(logs, request_id)["upstream_unread"] == unread


def test_an_upstream_that_nobody_can_reach(
    sandbox: Sandbox, issue_token: IssueToken, logs: LogWatch
) -> None:
    """The line says why the last attempt had no answer."""
    with gateway_before(sandbox, upstream_url="http://nowhere.invalid") as url, open_http() as http:
        Client(url, issue_token(), http=http).post(
            RENAME, {"id": "5514123", "input": {"name": CANARY_NAME}}, X_Request_Id="log-of-nobody"
        )

    found = line(logs, "log-of-nobody")
    assert (found["upstream_status"], found["upstream_error"]) == (None, "ConnectError: gaierror")


def test_a_token_that_is_not_valid(client: Client, logs: LogWatch) -> None:
    """The line that says why names the request, although its reply does not."""
    client.post(RENAME, Authorization="Bearer nonsense", X_Request_Id="log-of-nonsense")

    refused, request = logs.lines("log-of-nonsense", 2)
    assert (refused["event"], request["event"]) == ("token_refused", "request")


def test_a_missing_token(client: Client, logs: LogWatch) -> None:
    """A refusal is a line too, with its code; nobody is named, because nobody is known."""
    client.http.post(f"{client.url}/graphql", headers={"X-Request-Id": "log-of-a-refusal"})

    assert line(logs, "log-of-a-refusal") == {
        "event": "request",
        "level": "info",
        "request_id": "log-of-a-refusal",
        "status": 401,
        "code": "UNAUTHENTICATED",
    }


def test_a_document_that_is_not_valid(client: Client, logs: LogWatch) -> None:
    """It is not quoted, nor the name that it gives itself."""
    client.post("query Canary4711 { canary4711 }", X_Request_Id="log-of-a-document")

    found = line(logs, "log-of-a-document")
    assert (found["code"], "operation" in found) == ("GRAPHQL_VALIDATION_FAILED", False)
    assert not any("canary4711" in str(value).lower() for value in found.values())


def test_several_fields(client: Client, issue_token: IssueToken, logs: LogWatch) -> None:
    """Each different result is told once, however many aliases there are, refused ones too."""
    document = """{
        a: contactGroup(id: "404") { id }
        b: contactGroup(id: "404") { id }
        c: contactGroup(id: "5514123") { id }
        d: contactGroup(id: "0") { id }
    }"""
    response = client.post(document, X_Request_Id="log-of-several")
    unread = client.post(
        "{ contactGroups { itemCount } }", Authorization=f"Bearer {issue_token(scope='x')}"
    )

    told = response.headers["GraphQL-Result-Types"]
    assert sorted(told.split(", ")) == [
        "contactGroup=ContactGroup",
        "contactGroup=InvalidInputError",
        "contactGroup=null",
    ]
    assert line(logs, "log-of-several")["results"] == told
    assert unread.headers["GraphQL-Result-Types"] == "contactGroups=PermissionDeniedError"


@pytest.mark.parametrize(
    "contact_group_id", [each.id for each in SCENARIOS if each.id not in {9001, 9004}]
)
def test_a_name_in_a_failure(client: Client, logs: LogWatch, contact_group_id: int) -> None:
    """However the upstream fails, no line has the name, and the header has the type."""
    variables = {"id": str(contact_group_id), "input": {"name": CANARY_NAME}}
    request_id = f"log-of-{contact_group_id}"

    response = client.post(RENAME, variables, X_Request_Id=request_id)

    member = response.json()["data"]["updateContactGroup"]["__typename"]
    assert response.headers["GraphQL-Result-Types"] == f"updateContactGroup={member}"
    assert line(logs, request_id)["results"] == f"updateContactGroup={member}"
    assert logs.leaks() == []
