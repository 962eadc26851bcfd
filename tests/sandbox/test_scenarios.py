"""The scenario ids, each seen from the client's side of the socket."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from contact_gateway.sandbox import SCENARIOS

if TYPE_CHECKING:
    from contact_gateway.sandbox import Sandbox
    from tests.sandbox.client import Client

PROBLEMS = {
    400: ("bad-request", "Bad Request"),
    403: ("forbidden", "Forbidden"),
    404: ("not-found", "Not Found"),
    409: ("conflict", "Conflict"),
    422: ("validation", "One or more validation errors occurred."),
    429: ("too-many-requests", "Too Many Requests"),
    500: ("internal-server-error", "Internal Server Error"),
    502: ("bad-gateway", "Bad Gateway"),
    503: ("service-unavailable", "Service Unavailable"),
    504: ("gateway-timeout", "Gateway Timeout"),
}


def raw_patch(client: Client, group: int) -> bytes:
    """The bytes of an update, for tests that look at the socket itself."""
    body = b'{"name": "New"}'
    headers = client.headers() | {"Host": "sandbox", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"PATCH /v1/contactGroups/{group} HTTP/1.1\r\n{head}\r\n".encode() + body


def connect(sandbox: Sandbox) -> socket.socket:
    """A connection to the sandbox, to be closed by the caller."""
    url = httpx.URL(sandbox.url)
    return socket.create_connection((url.host, url.port or 0), timeout=5)


@pytest.mark.parametrize("status", PROBLEMS)
def test_problem(client: Client, sandbox: Sandbox, status: int) -> None:
    """The id is the status; the problem has all five members; the data is not touched."""
    before = sandbox.store.name_of(5690, status)
    kind, title = PROBLEMS[status]

    response = client.rename(status, "New")

    document = response.json()
    assert (response.status_code, response.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
    assert len(document.pop("detail")) > 20
    assert document.pop("errors", None) == (
        {"Name": ["The name is reserved.", "Choose a name that is not a system name."]}
        if status == 422
        else None
    )
    assert document == {
        "type": f"https://example.com/probs/{kind}",
        "title": title,
        "status": status,
        "instance": f"/v1/contactGroups/{status}",
    }
    assert response.headers.get("retry-after") == ("30" if status in {429, 503} else None)
    assert sandbox.store.name_of(5690, status) == before


def test_hang(client: Client, sandbox: Sandbox) -> None:
    """9001 sends nothing and changes nothing, and is in the log as not answered."""
    with connect(sandbox) as connection:
        connection.sendall(raw_patch(client, 9001))
        connection.settimeout(1)

        with pytest.raises(TimeoutError):
            connection.recv(1)

    assert (
        [request.status for request in sandbox.received],
        sandbox.store.name_of(5690, 9001),
    ) == (
        [None],
        "Scenario 9001",
    )


def test_drop(client: Client, sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    """9002 applies the change and then closes the connection without a byte, and logs nothing."""
    with connect(sandbox) as connection:
        connection.sendall(raw_patch(client, 9002))

        answer = connection.recv(1)

    assert (answer, sandbox.store.name_of(5690, 9002), caplog.records) == (b"", "New", [])


def test_drop_seen_by_httpx(client: Client) -> None:
    """9002 is a connection lost after sending, and the next call finds the new name."""
    with pytest.raises(httpx.RemoteProtocolError):
        client.rename(9002, "Applied all the same")

    assert client.names(("id", 9002)) == {9002: "Applied all the same"}


def test_drop_with_a_name_that_is_taken(client: Client) -> None:
    """9002 answers 422 as any group does when there is no change to apply."""
    assert client.rename(9002, "Suppliers").status_code == 422


def test_html(client: Client) -> None:
    """9003 is a web server's page: 404 and no problem."""
    response = client.rename(9003, "New")

    assert (response.status_code, response.headers["content-type"]) == (
        404,
        "text/html; charset=utf-8",
    )
    assert response.text.startswith("<html>")


def test_drip(client: Client, sandbox: Sandbox) -> None:
    """9004 announces a problem with status 500 and then sends it byte by byte."""
    with connect(sandbox) as connection, connection.makefile("rb") as stream:
        connection.sendall(raw_patch(client, 9004))

        head = list(iter(stream.readline, b"\r\n"))
        chunks = [stream.readline() for _ in range(4)]

    assert head[0] == b"HTTP/1.1 500 Internal Server Error\r\n"
    assert b"content-type: application/problem+json\r\n" in head
    assert chunks == [b"1\r\n", b"{\r\n", b"1\r\n", b'"\r\n']


@pytest.mark.parametrize("customer", [5690, 7310])
def test_read_back(client: Client, customer: int) -> None:
    """Every scenario group but 404 can be read by every customer."""
    ids = [("id", scenario.id) for scenario in SCENARIOS]

    assert list(client.of(customer).names(*ids)) == [
        scenario.id for scenario in SCENARIOS if scenario.id != 404
    ]


def test_every_scenario_is_tested() -> None:
    """The table has no row that no test here knows."""
    assert [scenario.id for scenario in SCENARIOS] == [*PROBLEMS, 9001, 9002, 9003, 9004]


def test_effects() -> None:
    """Each effect is one sentence that can stand in a table."""
    assert all(s.effect.endswith(".") and "\n" not in s.effect for s in SCENARIOS)
