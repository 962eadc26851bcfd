"""`PATCH /v1/contactGroups/{contactGroupId}`."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

    from contact_gateway.sandbox import Sandbox
    from tests.sandbox.client import Client

GROUP = 5514123


def errors(response: httpx.Response) -> object:
    """The `errors` of a 422 problem, after checking that it is one."""
    assert (response.status_code, response.headers["content-type"]) == (
        422,
        "application/problem+json",
    )
    return response.json()["errors"]


def test_new_name(client: Client) -> None:
    """A rename is answered 204 without a body and without a type, and is read back."""
    response = client.rename(GROUP, "Key accounts")

    assert (response.status_code, response.content, client.names(("id", GROUP))) == (
        204,
        b"",
        {GROUP: "Key accounts"},
    )


@pytest.mark.parametrize(
    "name",
    [
        "👩‍👩‍👧 family",
        "e\u0301 is not \u00e9",
        "مجموعة",
        "\"quoted\" 'twice' \\ %_*?",
        " spaces kept ",
        "tab\tand\u0000nul",
        "x" * 50,
        "👍" * 50,
    ],
)
def test_unusual_name(client: Client, name: str) -> None:
    """A name comes back code point for code point, and can be searched for."""
    client.rename(GROUP, name)

    assert client.names(("name", name)) == {GROUP: name}


def test_own_name(client: Client, sandbox: Sandbox) -> None:
    """A group may be given the name it already has."""
    name = sandbox.store.name_of(5690, GROUP)
    assert name is not None

    assert client.rename(GROUP, name).status_code == 204


def test_unknown_property_beside_name(client: Client) -> None:
    """Properties that the API does not know are ignored."""
    response = client.patch(GROUP, b'{"name": "Key accounts", "colour": "red"}')

    assert response.status_code == 204


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", {"$": ["The body is not valid JSON."]}),
        (b"{", {"$": ["The body is not valid JSON."]}),
        (b"\xff", {"$": ["The body is not valid JSON."]}),
        (b'{"name": "\\ud800"}', {"$": ["The body is not valid JSON."]}),
        (b"[" * 20_000, {"$": ["The body is not valid JSON."]}),
        (b'["name"]', {"$": ["The body must be a JSON object."]}),
        (b"null", {"$": ["The body must be a JSON object."]}),
        (b"{}", {"$": ["At least one optional value must be provided."]}),
        (b'{"Name": "x"}', {"$": ["At least one optional value must be provided."]}),
        (b'{"name": null}', {"Name": ["The value must be a string."]}),
        (b'{"name": 5}', {"Name": ["The value must be a string."]}),
        (b'{"name": ""}', {"name": ["The name must not be empty."]}),
        (b'{"name": " \\t\\u00a0"}', {"name": ["The name must not be empty."]}),
        (
            json.dumps({"name": "x" * 51}).encode(),
            {"name": ["The name is longer than 50 characters."]},
        ),
        (b'{"name": "Suppliers"}', {"name": ["Another contact group has this name."]}),
    ],
)
def test_body_that_is_not_allowed(
    client: Client, sandbox: Sandbox, body: bytes, expected: object
) -> None:
    """Such a body is answered 422 with `errors`, and changes nothing."""
    response = client.patch(GROUP, body)

    assert (errors(response), sandbox.store.name_of(5690, GROUP)) == (
        expected,
        "High value customers",
    )


def test_name_in_another_case(client: Client) -> None:
    """Names that differ in case are different names."""
    assert client.rename(GROUP, "SUPPLIERS").status_code == 204


def test_name_of_another_customer(client: Client) -> None:
    """Two customers may use the same name."""
    assert client.rename(GROUP, "Fleet hire").status_code == 204


def test_twenty_updates_to_one_name_at_once(client: Client) -> None:
    """Exactly one group gets the name; all others are told that it is taken."""
    listed = client.names(("pageSize", 1000))
    ordinary = [group for group, name in listed.items() if not name.startswith("Scenario")]
    wanted = [*ordinary, *ordinary, *ordinary][:20]

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda group: client.rename(group, "Wanted").status_code, wanted))

    holders = client.names(("name", "Wanted"))
    assert (len(holders), set(statuses)) == (1, {204, 422})
    assert {wanted[i] for i, status in enumerate(statuses) if status == 204} == set(holders)


@pytest.mark.parametrize("group", ["0", "-1", "7", "6620411", "9223372036854775807"])
def test_unknown_group(client: Client, group: str) -> None:
    """A well-formed id that the customer has no group for, another customer's included, is 404."""
    response = client.rename(group, "New")

    assert (response.status_code, response.headers["content-type"], response.json()) == (
        404,
        "application/problem+json",
        {
            "type": "https://example.com/probs/not-found",
            "title": "Not Found",
            "status": 404,
            "detail": f"There is no contact group {group}.",
            "instance": f"/v1/contactGroups/{group}",
        },
    )


@pytest.mark.parametrize(
    "segment",
    ["abc", "1.5", "%201", "1%0A", "%2B1", "9223372036854775808", "%D9%A1", "1" * 5000],
)
def test_id_that_is_no_int64(client: Client, segment: str) -> None:
    """Such a path is answered 400, with a problem whose instance is the path as sent."""
    response = client.rename(segment, "New")

    assert (response.status_code, response.json()) == (
        400,
        {
            "type": "https://example.com/probs/bad-request",
            "title": "Bad Request",
            "status": 400,
            "detail": "The contact group id in the path is not a 64-bit integer.",
            "instance": f"/v1/contactGroups/{segment}",
        },
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/contactGroups/5514123", 405),
        ("POST", "/v1/contactGroups", 405),
        ("GET", "/v1/contactGroups/", 404),
        ("PATCH", "/v1/contactGroups/1/2", 404),
        ("PATCH", "/contactGroups/5514123", 404),
    ],
)
def test_no_such_operation(client: Client, method: str, path: str, status: int) -> None:
    """What is no operation is answered as a web framework does it: in plain text, no problem."""
    response = client.http.request(method, path, headers=client.headers())

    assert (response.status_code, response.headers["content-type"]) == (
        status,
        "text/plain; charset=utf-8",
    )


def test_body_too_large(client: Client) -> None:
    """A body over 64 KiB is refused."""
    response = client.patch(GROUP, b" " * 65_537)

    assert response.status_code == 413
