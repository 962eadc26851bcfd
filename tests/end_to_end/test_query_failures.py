"""Queries that fail: an error with the mutation's code, and the upstream's problem."""

from typing import Any

import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.members import bare_problem
from tests.scripted_upstream import Answer, ScriptedUpstream, reply

PAGE = """\
query($filter: ContactGroupFilter, $page: Int! = 1, $pageSize: Int! = 50) {
  contactGroups(filter: $filter, page: $page, pageSize: $pageSize) { items { id name } }
}
"""
ONE = "query($id: ID!) { contactGroup(id: $id) { id name } }"
JSON = {"Content_Type": "application/json"}


def error(response: Any) -> Any:
    """The one error of a reply whose data is null or absent, without its locations."""
    body = response.json()
    (only,) = body["errors"]
    assert only.pop("locations")
    return only


def test_bad_id_beside_a_good_one(client: Client) -> None:
    """An id that is refused is an error of its own field."""
    response = client.post(
        '{ good: contactGroup(id: "5514124") { id } bad: contactGroup(id: "..") { id } }',
        X_Request_Id="r",
    )

    assert response.json()["data"] == {"good": {"id": "5514124"}, "bad": None}
    assert error(response) == {
        "message": "Some of the input is not valid.",
        "path": ["bad"],
        "extensions": {
            "code": "INVALID_INPUT",
            "requestId": "r",
            "fieldErrors": [
                {
                    "path": ["id"],
                    "messages": ["Expected a whole number from 1 to 9223372036854775807."],
                }
            ],
        },
    }


@pytest.mark.parametrize(
    ("variables", "path"),
    [
        ({"page": 0}, ["page"]),
        ({"page": 2_147_484}, ["page"]),
        ({"pageSize": 0}, ["pageSize"]),
        ({"pageSize": 1001}, ["pageSize"]),
        ({"filter": {"ids": ["1", "x"]}}, ["filter", "ids", "1"]),
        ({"filter": {"ids": ["1"] * 101}}, ["filter", "ids"]),
        ({"filter": {"namePrefix": "a\0"}}, ["filter", "namePrefix"]),
        ({"filter": {"namePrefix": "\ud800"}}, ["filter", "namePrefix"]),
    ],
)
def test_bad_argument(
    client: Client, sandbox: Sandbox, variables: dict[str, Any], path: list[str]
) -> None:
    """An argument out of bounds is refused with its path, and nothing is sent."""
    extensions = error(client.post(PAGE, variables))["extensions"]

    assert extensions["code"] == "INVALID_INPUT"
    assert [fault["path"] for fault in extensions["fieldErrors"]] == [path]
    assert not sandbox.received


@pytest.mark.parametrize("document", [PAGE, ONE])
@pytest.mark.parametrize("scope", ["", "contacts:write", "contacts:read-all", "contacts:rea"])
def test_scope_missing(
    client: Client, sandbox: Sandbox, issue_token: IssueToken, scope: str, document: str
) -> None:
    """Both queries need exactly contacts:read, before their arguments are looked at."""
    client.token = issue_token(scope=scope)

    refused = error(client.post(document, {"id": "..", "page": 0}, X_Request_Id="r"))

    assert (refused["message"], refused["extensions"]) == (
        "Your access does not include this.",
        {"code": "PERMISSION_DENIED", "requiredScope": "contacts:read", "requestId": "r"},
    )
    assert not sandbox.received


def test_customer_not_named(client: Client, sandbox: Sandbox) -> None:
    """Another customer's groups are not read."""
    refused = error(client.post(ONE, {"id": "6620411"}, Customer_Id="7310", X_Request_Id="r"))

    assert (refused["message"], refused["extensions"]) == (
        "You may not use this customer's data.",
        {"code": "PERMISSION_DENIED", "requestId": "r"},
    )
    assert not sandbox.received


@pytest.mark.parametrize(
    ("answer", "extensions"),
    [
        pytest.param(
            reply(403, '{"title": "No", "detail": "Not you."}'),
            {
                "code": "PERMISSION_DENIED",
                "problem": bare_problem(403, title="No", detail="Not you."),
            },
            id="403",
        ),
        pytest.param(
            reply(400, '{"errors": {"pageSize": ["Too large."]}}'),
            {"code": "INVALID_INPUT", "problem": bare_problem(400)},
            id="400 with errors",
        ),
        pytest.param(
            reply(429, "{}", Retry_After="30"),
            {"code": "RATE_LIMITED", "problem": bare_problem(429), "retryAfterSeconds": 30},
            id="429",
        ),
        pytest.param(
            reply(404), {"code": "UNEXPECTED_PROBLEM", "problem": bare_problem(404)}, id="404"
        ),
        pytest.param(
            reply(302, Location="/"),
            {"code": "UNEXPECTED_PROBLEM", "problem": bare_problem(302)},
            id="302",
        ),
        pytest.param(
            reply(204), {"code": "UNEXPECTED_PROBLEM", "problem": bare_problem(204)}, id="204"
        ),
        *(
            pytest.param(
                reply(200, body, **JSON),
                {"code": "UNEXPECTED_PROBLEM", "problem": bare_problem(200)},
                id=body,
            )
            for body in (
                "<html>",
                "[]",
                "null",
                "{}",
                '{"items": {}}',
                '{"items": [1]}',
                '{"items": [{"id": "1", "name": "x"}]}',
                '{"items": [{"id": true, "name": "x"}]}',
                '{"items": [{"id": 1.5, "name": "x"}]}',
                '{"items": [{"id": 1}]}',
                '{"items": [{"id": 1, "name": null}]}',
                '{"items": [], "pageNumber": "1"}',
                '{"items": [], "pageSize": 4294967296}',
            )
        ),
    ],
)
def test_upstream_failure(
    healthy_client: Client,
    scripted: ScriptedUpstream,
    answer: Answer,
    extensions: dict[str, object],
) -> None:
    """A failed query is an error with the mutation's code and the upstream's problem."""
    scripted.answers(answer)

    failed = error(healthy_client.post(PAGE, X_Request_Id="r"))

    shown = failed["extensions"]
    shown.pop("fieldErrors", None)
    assert (failed["path"], shown) == (["contactGroups"], {**extensions, "requestId": "r"})


def test_server_error(scripted_client: Client, scripted: ScriptedUpstream) -> None:
    """Of an upstream's 500, detail and instance stay hidden in queries too."""
    scripted.answers(reply(500, '{"title": "Oops", "detail": "secret", "instance": "/secret"}'))

    failed = error(scripted_client.post(ONE, {"id": "1"}, X_Request_Id="r"))

    assert failed == {
        "message": "The service failed while it handled the request.",
        "path": ["contactGroup"],
        "extensions": {
            "code": "UPSTREAM_UNAVAILABLE",
            "problem": bare_problem(500, title="Oops"),
            "requestId": "r",
        },
    }
