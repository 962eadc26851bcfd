"""What the gateway refuses by itself: typed, and without a request to the upstream."""

from typing import Any

import httpx
import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.members import denied, invalid

BAD_ID = (["id"], ["Expected a whole number from 1 to 9223372036854775807."])
BAD_TEXT = (
    ["input", "name"],
    ["Expected text without control characters or lone surrogates."],
)
EMPTY = (["input"], ["Expected at least one field to change."])
NULL = (["input", "name"], ["Expected a string: a name can be changed, but not removed."])
NO_WRITE_SCOPE = denied("Your access does not include this.", required_scope="contacts:write")


@pytest.mark.parametrize(
    "contact_group_id",
    [
        "0",
        "-1",
        "abc",
        "..",
        "1/../2",
        "9223372036854775808",
        "1.5",
        "",
        " 1",
        "1 ",
        "+1",
        "01",
        "1\n",
        "%31",
        "1?id=2",
        "1_000",
        "0x1",
        "1e3",
        "１",  # noqa: RUF001 - a digit, but not an ASCII one
        "9" * 5000,
        "\ud800",
        0,
        -1,
    ],
)
def test_bad_id(client: Client, sandbox: Sandbox, contact_group_id: str | int) -> None:
    """What is no positive 64-bit integer is refused before a URL could be made of it."""
    result = client.rename(contact_group_id, {"name": "New"})

    assert (result, list(sandbox.received)) == (invalid(BAD_ID), [])


@pytest.mark.parametrize("contact_group_id", ["9223372036854775807", 5514123, 9007199254740993])
def test_good_id(client: Client, sandbox: Sandbox, contact_group_id: str | int) -> None:
    """The largest id, and ids that are JSON numbers, reach the upstream in decimal digits."""
    client.rename(contact_group_id, {"name": "Good"})

    assert [request.path for request in sandbox.received if request.method == "PATCH"] == [
        f"/v1/contactGroups/{int(contact_group_id)}"
    ]


@pytest.mark.parametrize(
    ("input", "fault"),
    [({}, EMPTY), ({"name": None}, NULL)],
)
def test_nothing_to_change(
    client: Client, sandbox: Sandbox, input: dict[str, None], fault: tuple[list[str], list[str]]
) -> None:
    """An input without a new name is refused."""
    result = client.rename("5514123", input)

    assert (result, list(sandbox.received)) == (invalid(fault), [])


@pytest.mark.parametrize(
    ("input", "fault"), [("{}", EMPTY), ("{name: null}", NULL), ("{name: $unset}", EMPTY)]
)
def test_nothing_to_change_as_a_literal(
    client: Client, sandbox: Sandbox, input: str, fault: tuple[list[str], list[str]]
) -> None:
    """It is the same fault in the document itself, or for a variable that is not given."""
    parameters = "($unset: String)" if "$" in input else ""
    response = client.post(
        f"mutation{parameters} {{ updateContactGroup(id: 1, input: {input}) {{"
        "... on InvalidInputError { fieldErrors { path messages } } } }"
    )

    path, messages = fault
    assert response.json() == {
        "data": {"updateContactGroup": {"fieldErrors": [{"path": path, "messages": messages}]}}
    }
    assert not sandbox.received


def test_all_faults_at_once(client: Client, sandbox: Sandbox) -> None:
    """A form can show what is wrong with each of its fields after one request."""
    result = client.rename("0", {"name": "\0"})

    assert (result, list(sandbox.received)) == (invalid(BAD_ID, BAD_TEXT), [])


@pytest.mark.parametrize(
    "scope",
    [
        "",
        "contacts:read",
        "contacts:write-all",
        "contacts:writ",
        "Contacts:Write",
        "contacts",
        "contacts:*",
        "xcontacts:write",
        "contacts:write:own contacts:write/",
    ],
)
@pytest.mark.parametrize(
    "arguments", [("5514123", {"name": "New"}), ("..", {}), ("0", {"name": None})]
)
def test_scope_missing(
    client: Client,
    sandbox: Sandbox,
    issue_token: IssueToken,
    scope: str,
    arguments: tuple[str, dict[str, Any]],
) -> None:
    """Without exactly contacts:write, nothing else is looked at, not even the arguments."""
    client.token = issue_token(scope=scope)

    result = client.rename(*arguments)

    assert (result, list(sandbox.received)) == (NO_WRITE_SCOPE, [])


def test_scope_missing_and_customer_not_named(client: Client, issue_token: IssueToken) -> None:
    """The scope comes first."""
    client.token = issue_token(scope="contacts:read")

    assert client.rename("5514123", {"name": "New"}, Customer_Id="7310") == NO_WRITE_SCOPE


def test_customer_not_named(client: Client, sandbox: Sandbox) -> None:
    """A customer that the token does not name is refused, before the arguments are looked at."""
    result = client.rename("..", {}, Customer_Id="7310")

    assert (result, list(sandbox.received)) == (denied("You may not use this customer's data."), [])


@pytest.mark.parametrize(
    "customer", ["0", "-1", "abc", "", "5690,5690", "9223372036854775808", "05690", "5690.0"]
)
def test_bad_customer_id(client: Client, sandbox: Sandbox, customer: str) -> None:
    """A malformed customer is a bad request, whatever the document says."""
    response = client.post("{", Customer_Id=customer, X_Request_Id="r")

    assert (response.status_code, response.json()) == (
        400,
        {
            "errors": [
                {
                    "message": "Expected one `Customer-Id` header: a whole number from 1 to "
                    "9223372036854775807.",
                    "extensions": {"code": "BAD_CUSTOMER_ID", "requestId": "r"},
                }
            ]
        },
    )
    assert not sandbox.received


def test_no_token(client: Client, sandbox: Sandbox) -> None:
    """Without a token, not even the body is read."""
    response = client.http.post(f"{client.url}/graphql", content=b"{")

    assert_unauthenticated(response, "Bearer")
    assert not sandbox.received


def test_bad_token(client: Client, sandbox: Sandbox) -> None:
    """A token that is not genuine is told apart from none by the challenge alone."""
    tampered = client.token[:-10] + "A" * 10

    response = client.post("{", Authorization=f"Bearer {tampered}")

    assert_unauthenticated(response, 'Bearer error="invalid_token"')
    assert not sandbox.received


def assert_unauthenticated(response: httpx.Response, challenge: str) -> None:
    """401, with a GraphQL body and this challenge."""
    assert (
        response.status_code,
        response.headers["www-authenticate"],
        response.json(),
    ) == (
        401,
        challenge,
        {
            "errors": [
                {
                    "message": "Expected a valid access token as `Authorization: Bearer`.",
                    "extensions": {"code": "UNAUTHENTICATED"},
                }
            ]
        },
    )
