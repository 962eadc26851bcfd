"""`/__admin` of the sandbox: groups, what was received, tokens, and what is refused."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from contact_gateway.sandbox.received import ReceivedRequest, ReceivedRequests
from contact_gateway.sandbox.token_issuer import InvalidTokenError

if TYPE_CHECKING:
    from contact_gateway.sandbox import Sandbox
    from tests.sandbox.administration import Admin
    from tests.sandbox.client import Client

RENAMED = "Renamed by a test"
GROUPS = "/groups/5690"


def problem(response: httpx.Response) -> tuple[int, str, dict[str, Any]]:
    """The status of a refusal, its media type, and what it says is wrong."""
    document = response.json()
    assert document["status"] == response.status_code
    return response.status_code, response.headers["content-type"], document.get("errors", {})


def test_reset(admin: Admin, client: Client) -> None:
    """It throws away every change, fault and received request, of every customer."""
    client.rename(5514123, RENAMED)
    client.of(7310).rename(6620411, RENAMED)
    admin.fault(status=500, times=9)

    response = admin.ask("POST", "/reset")

    assert (response.status_code, response.content, admin.calls()) == (204, b"", [])
    assert (client.names(("id", 5514123)), client.of(7310).names(("id", 6620411))) == (
        {5514123: "High value customers"},
        {6620411: "High value customers"},
    )


def test_reset_of_one_customer(admin: Admin, client: Client) -> None:
    """It leaves alone what is of other customers, and faults for all."""
    for customer, group in ((5690, 5514123), (7310, 6620411)):
        client.of(customer).rename(group, RENAMED)
        admin.fault(status=500, customer=customer)
    admin.fault(status=504, method="GET")

    admin.ask("POST", "/reset", customer="7310")

    assert admin.calls() == [("PATCH", "/v1/contactGroups/5514123")]
    assert client.rename(5514124, RENAMED).status_code == 500
    assert client.of(7310).list().status_code == 504
    assert client.of(7310).names(("id", 6620411)) == {6620411: "High value customers"}
    assert client.names(("id", 5514123)) == {5514123: RENAMED}


def test_reset_of_a_customer_without_samples(admin: Admin, client: Client) -> None:
    """It gets groups of its own like those of the first customer: each worker can have one."""
    admin.ask("POST", "/reset", customer="9000000000000000001")

    client.of(9000000000000000001).rename(5514123, RENAMED)

    assert admin.ask("GET", "/groups/9000000000000000001/5514123").json()["name"] == RENAMED
    assert admin.ask("GET", f"{GROUPS}/5514123").json()["name"] == "High value customers"


def test_a_group_that_is_put(admin: Admin, client: Client) -> None:
    """It is there for the API, with the new name when it is put again, until it is removed."""
    put = [admin.ask("PUT", f"{GROUPS}/12", {"name": name}) for name in ("Twelve", "Dozen")]
    names = client.names(("id", 12))
    removed = [admin.ask("DELETE", f"{GROUPS}/12").status_code for _ in range(2)]

    assert [(response.status_code, response.json()) for response in put] == [
        (201, {"id": "12", "name": "Twelve"}),
        (200, {"id": "12", "name": "Dozen"}),
    ]
    assert (names, removed, client.names(("id", 12))) == ({12: "Dozen"}, [204, 404], {})


def test_groups(admin: Admin, client: Client) -> None:
    """They are those that the API lists, by id."""
    shown = admin.ask("GET", GROUPS).json()["groups"]

    assert {int(group["id"]): group["name"] for group in shown} == client.names()


def test_what_was_received(admin: Admin, client: Client) -> None:
    """A request is shown as it was sent, without its token."""
    headers = {**client.headers(), "X-Request-Id": "one", "Cookie": "secret=1"}
    client.http.patch("/v1/contactGroups/5514123", json={"name": "Café"}, headers=headers)

    [shown] = admin.requests(requestId="one")

    sent = shown.pop("headers")
    assert shown == {
        "method": "PATCH",
        "path": "/v1/contactGroups/5514123",
        "query": "",
        "customer": "5690",
        "requestId": "one",
        "body": '{"name":"Café"}',
        "json": {"name": "Café"},
        "status": 204,
    }
    assert (sent["authorization"], sent["cookie"], sent["content-type"]) == (
        "(left out)",
        "(left out)",
        "application/json",
    )
    assert client.token().partition(".")[0] not in admin.ask("GET", "/requests").text


def test_what_was_received_of_no_json(admin: Admin, client: Client) -> None:
    """A body is shown whatever it is, and a header that was sent twice with both values."""
    headers = [*client.headers().items(), ("X-Twice", "a"), ("X-Twice", "b")]
    client.http.patch("/v1/contactGroups/1?a=%20b", content=b"\xff{", headers=headers)

    [shown] = admin.requests()

    assert (shown["query"], shown["body"], shown["json"], shown["headers"]["x-twice"]) == (
        "a=%20b",
        "�{",
        None,
        "a, b",
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["one", "two", "three"]),
        ({"requestId": "two"}, ["two"]),
        ({"requestId": "tw"}, []),
        ({"path": "/v1/contactGroups/5514123"}, ["one"]),
        ({"path": "/v1/contactGroups"}, ["two", "three"]),
        ({"customer": "7310"}, ["three"]),
        ({"customer": "5690", "path": "/v1/contactGroups"}, ["two"]),
    ],
)
def test_filters_of_what_was_received(
    admin: Admin, client: Client, query: dict[str, str], found: list[str]
) -> None:
    """Every filter must fit; DELETE forgets exactly what GET shows."""
    calls = [
        (5690, "PATCH", "/v1/contactGroups/5514123", "one"),
        (5690, "GET", "/v1/contactGroups", "two"),
        (7310, "GET", "/v1/contactGroups", "three"),
    ]
    for customer, method, path, name in calls:
        headers = {**client.of(customer).headers(), "X-Request-Id": name}
        client.http.request(method, path, headers=headers)

    shown = [request["requestId"] for request in admin.requests(**query)]
    admin.ask("DELETE", "/requests", **query)
    left = [request["requestId"] for request in admin.requests()]

    assert (shown, left) == (found, [call[-1] for call in calls if call[-1] not in found])


@pytest.mark.parametrize(("most", "most_bytes"), [(2, 10_000), (9, 100)])
def test_a_journal_that_is_full(most: int, most_bytes: int) -> None:
    """The oldest requests are dropped when there are too many, or too large ones."""
    received = ReceivedRequests(most, most_bytes)
    for path in ("/1", "/2", "/3"):
        received.append(
            ReceivedRequest(
                method="PATCH", path=path, query="", headers=(), body=b"x" * 40, status=204
            )
        )

    assert [request.path for request in received] == ["/2", "/3"]


def test_a_token(admin: Admin, sandbox: Sandbox, client: Client) -> None:
    """Without a wish it is a good one of the first customer with both scopes."""
    caller = sandbox.tokens.verify(admin.token())
    named = sandbox.tokens.verify(admin.token(scopes=["a", "b"], customers=["7310", 12]))

    assert (caller.customers, caller.scopes) == (
        frozenset({5690}),
        frozenset({"contacts:read", "contacts:write"}),
    )
    assert (named.customers, named.scopes) == (frozenset({7310, 12}), frozenset({"a", "b"}))
    assert client.list().status_code == 200


@pytest.mark.parametrize(
    "wish",
    [
        {"lifetime": -1},
        {"lifetime": 0},
        {"audience": "somebody-else"},
        {"audience": ["a", "b"]},
        {"issuer": "https://login.example.com/"},
        {"typ": "JWT"},
        {"unknownKey": True},
    ],
    ids=str,
)
def test_a_token_that_is_not_good(admin: Admin, sandbox: Sandbox, wish: dict[str, object]) -> None:
    """It is refused by the API, whatever is wrong with it."""
    token = admin.token(**wish)

    with pytest.raises(InvalidTokenError):
        sandbox.tokens.verify(token)


@pytest.mark.parametrize(
    ("method", "path", "body", "places"),
    [
        ("POST", "/reset?customer=0", None, ["customer"]),
        ("POST", "/reset?customer=05690", None, ["customer"]),
        ("POST", "/reset?customers=5690", None, ["customers"]),
        ("POST", "/reset?customer=1&customer=2", None, ["query"]),
        ("DELETE", "/requests?all=true", None, ["all"]),
        ("PUT", f"{GROUPS}/12", {}, ["name"]),
        ("PUT", f"{GROUPS}/12", {"name": "  "}, ["name"]),
        ("PUT", f"{GROUPS}/12", {"name": "x" * 51}, ["name"]),
        ("PUT", f"{GROUPS}/12", {"name": "Suppliers"}, ["name"]),
        ("PUT", f"{GROUPS}/12", [], ["$"]),
        ("POST", "/faults", {"group": "007", "status": 500}, ["group"]),
        ("POST", "/tokens", {"lifetime": "1"}, ["lifetime"]),
        ("POST", "/tokens", {"lifetime": 10**10}, ["lifetime"]),
        ("POST", "/tokens", {"customers": [0, "x"]}, ["customers.0", "customers.1"]),
        ("POST", "/tokens", {"customer": 5690}, ["customer"]),
        ("POST", "/tokens", {"typ": "a\nb"}, ["typ"]),
    ],
)
def test_input_that_is_refused(
    admin: Admin, method: str, path: str, body: object, places: list[str]
) -> None:
    """A problem names each thing that is wrong, and nothing is done."""
    status, media_type, errors = problem(admin.ask(method, path, body))

    assert (status, media_type, sorted(errors)) == (422, "application/problem+json", places)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/elsewhere", 404),
        ("GET", "/requests/", 404),
        ("PATCH", "/faults", 405),
        ("GET", "/groups/x", 404),
        ("PUT", "/groups/0/12", 404),
        ("GET", f"{GROUPS}/12", 404),
        ("GET", f"{GROUPS}/9223372036854775808", 404),
    ],
)
def test_what_is_not_there(admin: Admin, method: str, path: str, status: int) -> None:
    """It is a problem too; another method is told which are allowed."""
    response = admin.ask(method, path)

    assert problem(response) == (status, "application/problem+json", {})
    allowed = {"POST", "DELETE"} if status == 405 else {""}
    assert set(response.headers.get("allow", "").split(", ")) == allowed


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"{", "application/json", 422),
        (b'{"delay": NaN}', "application/json", 422),
        (b"\xff", "application/json", 422),
        (b'{"status": 500}', "text/plain", 415),
        (b'{"status": 500}', "", 415),
        (b"", "application/x-www-form-urlencoded", 415),
        (b" " * 200_000, "application/json", 413),
        (b'{"status": 500}', "application/json; charset=utf-8", 204),
    ],
)
def test_a_body_that_is_no_json(admin: Admin, content: bytes, media_type: str, status: int) -> None:
    """It is refused, and so is one that does not say that it is JSON, as pages can send it."""
    headers = {"Content-Type": media_type} if media_type else {}

    response = admin.http.post("/__admin/faults", content=content, headers=headers)

    assert response.status_code == status


def test_a_client_that_leaves(sandbox: Sandbox, admin: Admin) -> None:
    """A request that breaks off does nothing, and the next one is answered."""
    url = httpx.URL(sandbox.url)
    with socket.create_connection((url.host, url.port or 0)) as connection:
        connection.sendall(b"POST /__admin/faults HTTP/1.1\r\nHost: localhost\r\n")
        connection.sendall(b"Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{")

    assert admin.calls() == []
