"""`/__admin/faults`: how the next calls of any group end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from contact_gateway.sandbox.next_faults import NextFault
from tests.sandbox.test_administration import RENAMED, problem

if TYPE_CHECKING:
    from contact_gateway.sandbox import Sandbox
    from tests.sandbox.administration import Admin
    from tests.sandbox.client import Client


def answer(response: httpx.Response) -> tuple[int, str | None, str]:
    """What can be asked for of an answer."""
    return response.status_code, response.headers.get("content-type"), response.text


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"status": 202}, (202, None, "")),
        ({"status": 204}, (204, None, "")),
        ({"status": 500, "body": None}, (500, None, "")),
        ({"status": 500, "body": ""}, (500, None, "")),
        ({"status": 200, "body": "é"}, (200, "text/plain; charset=utf-8", "é")),
        ({"status": 200, "body": {"a": 1}}, (200, "application/json", '{"a":1}')),
        ({"status": 200, "body": False}, (200, "application/json", "false")),
        ({"status": 409, "body": {"a": 1}}, (409, "application/problem+json", '{"a":1}')),
        (
            {"status": 200, "body": "<html>", "headers": {"content-Type": "text/html"}},
            (200, "text/html", "<html>"),
        ),
    ],
    ids=str,
)
def test_an_answer(
    admin: Admin, client: Client, fault: dict[str, Any], expected: tuple[int, str | None, str]
) -> None:
    """It has the status, the body and the media type of the fault; no change is made."""
    admin.fault(**fault)

    response = client.rename(5514123, RENAMED)

    assert answer(response) == expected
    assert client.names(("id", 5514123)) == {5514123: "High value customers"}


@pytest.mark.parametrize(
    ("status", "kind", "title"),
    [(404, "not-found", "Not Found"), (520, "status-520", "Status 520")],
)
def test_an_answer_without_a_body(
    admin: Admin, client: Client, status: int, kind: str, title: str
) -> None:
    """From 400 on it is a problem, as the API would answer."""
    admin.fault(status=status, headers={"Retry-After": ["1", "2"]})

    response = client.rename(5514123, RENAMED)

    assert response.json() == {
        "type": f"https://example.com/probs/{kind}",
        "title": title,
        "status": status,
        "detail": "A test has asked for this answer.",
        "instance": "/v1/contactGroups/5514123",
    }
    assert response.headers["retry-after"] == "1, 2"


def test_headers_of_an_answer(admin: Admin, client: Client) -> None:
    """They are sent as they were asked for, each as often."""
    admin.fault(status=302, headers={"Location": "/x", "Set-Cookie": ["a=1", "b=2"]})

    headers = client.rename(5514123, RENAMED).headers

    assert (headers["location"], headers.get_list("set-cookie")) == ("/x", ["a=1", "b=2"])


@pytest.mark.parametrize("end", ["drop", "html", "drip", "hang"])
@pytest.mark.parametrize("applied", [True, False])
def test_an_end(admin: Admin, client: Client, end: str, *, applied: bool) -> None:
    """The connection or the answer ends so, and the change is made if that was asked for."""
    admin.fault(end=end, applied=applied)

    if end == "html":
        assert answer(client.rename(5514123, RENAMED))[:2] == (404, "text/html; charset=utf-8")
    elif end == "drop":
        with pytest.raises(httpx.RemoteProtocolError):
            client.rename(5514123, RENAMED)
    else:
        with pytest.raises(httpx.ReadTimeout):
            client.http.patch(
                "/v1/contactGroups/5514123",
                json={"name": RENAMED},
                headers=client.headers(),
                timeout=httpx.Timeout(5, read=0.1),
            )

    name = RENAMED if applied else "High value customers"
    assert client.names(("id", 5514123)) == {5514123: name}


def test_a_change_that_is_made_and_fails(admin: Admin, client: Client) -> None:
    """The answer is the fault's; where there is no change to make, it is the API's own."""
    admin.fault(status=500, applied=True, times=2)

    made, refused = client.rename(5514123, RENAMED), client.rename(5514124, RENAMED)

    assert (made.status_code, refused.status_code) == (500, 422)
    assert client.names(("id", 5514123)) == {5514123: RENAMED}


@pytest.mark.parametrize(
    ("fault", "fits"),
    [
        ({}, "PATCH PATCH GET GET"),
        ({"method": "GET"}, "GET GET"),
        ({"method": "PATCH"}, "PATCH PATCH"),
        ({"group": "5514124"}, "PATCH GET"),
        ({"group": 5514124, "method": "GET"}, "GET"),
        ({"customer": 7310}, ""),
        ({"customer": "5690", "method": "PATCH", "group": 5514123}, "PATCH"),
    ],
    ids=str,
)
def test_which_calls_a_fault_is_for(
    admin: Admin, client: Client, fault: dict[str, Any], fits: str
) -> None:
    """What is left out fits every call; a list is about the groups that it filters by."""
    admin.fault(status=599, times=9, **fault)

    calls = [
        client.rename(5514123, "One"),
        client.rename(5514124, "Two"),
        client.list(("id", 5514124), ("id", 5514125)),
        client.list(),
    ]

    met = [call.request.method for call in calls if call.status_code == 599]
    assert " ".join(met) == fits


def test_how_often(admin: Admin, client: Client) -> None:
    """The oldest fault comes first, as often as was asked for, and then the next."""
    admin.fault(status=500, times=2)
    admin.fault(status=501)

    assert [client.list().status_code for _ in range(4)] == [500, 500, 501, 200]


def test_before_a_scenario_and_every_check(admin: Admin, client: Client) -> None:
    """A fault comes before the token is looked at, and before the scenario of the group."""
    admin.fault(status=599, times=2)

    without_token = client.http.get("/v1/contactGroups")

    assert (without_token.status_code, client.rename(400, RENAMED).status_code) == (599, 599)


def test_delay(admin: Admin, client: Client) -> None:
    """The change is made at once, and the answer comes late."""
    admin.fault(delay=0.2)

    started = time.monotonic()
    response = client.rename(5514123, RENAMED)

    assert (response.status_code, time.monotonic() - started > 0.2) == (204, True)


def test_a_client_that_does_not_wait(admin: Admin, client: Client) -> None:
    """It is in the journal all the same, from the moment it was received."""
    admin.fault(delay=60, status=599)

    with pytest.raises(httpx.ReadTimeout):
        client.http.get("/v1/contactGroups", timeout=httpx.Timeout(5, read=0.1))

    assert [request["status"] for request in admin.requests()] == [599]


def test_faults_that_are_forgotten(admin: Admin, client: Client) -> None:
    """DELETE forgets those of one customer, or all."""
    admin.fault(status=500, customer=5690)
    admin.fault(status=501, customer=7310)
    admin.fault(status=502)

    admin.ask("DELETE", "/faults", customer="5690")
    of_all = client.list().status_code
    admin.ask("DELETE", "/faults")

    assert (of_all, client.of(7310).list().status_code) == (502, 200)


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        ({}, "$"),
        ({"applied": True}, "$"),
        ({"status": 503, "end": "drop"}, "$"),
        ({"end": "drop", "headers": {}}, "$"),
        ({"end": "drop", "body": "x"}, "$"),
        ({"status": 204, "body": "x"}, "$"),
        ({"status": 304, "body": {}}, "$"),
        ({"status": 500, "body": "x" * 65_537}, "$"),
        ({"status": 199}, "status"),
        ({"status": 600}, "status"),
        ({"status": "500"}, "status"),
        ({"status": 500.5}, "status"),
        ({"end": "explode"}, "end"),
        ({"status": 500, "times": 0}, "times"),
        ({"status": 500, "times": True}, "times"),
        ({"status": 500, "delay": -1}, "delay"),
        ({"status": 500, "delay": 61}, "delay"),
        ({"status": 500, "method": "DELETE"}, "method"),
        ({"status": 500, "group": "0"}, "group"),
        ({"status": 500, "group": True}, "group"),
        ({"status": 500, "group": 1.5}, "group"),
        ({"status": 500, "customer": "9223372036854775808"}, "customer"),
        ({"status": 500, "headers": {"a b": "c"}}, "headers"),
        ({"status": 500, "headers": {"a": "b\r\nc: d"}}, "headers"),
        ({"status": 500, "headers": {"a": "€"}}, "headers"),
        ({"status": 500, "headers": {"Content-Length": "3"}}, "headers"),
        ({"status": 500, "headers": {"transfer-encoding": "chunked"}}, "headers"),
        ({"statuses": 500, "delay": 1}, "statuses"),
    ],
    ids=str,
)
def test_a_fault_that_is_none(
    admin: Admin, client: Client, fault: dict[str, Any], place: str
) -> None:
    """It is refused, and the next call is answered as ever."""
    status, _, errors = problem(admin.fault(**fault))

    assert (status, [*errors], client.list().status_code) == (422, [place], 200)


def test_too_many_faults(admin: Admin, sandbox: Sandbox) -> None:
    """A thousand wait for a call, and no more: 409."""
    while sandbox.faults.add(NextFault(delay=0)):
        pass

    assert problem(admin.fault(status=500))[0] == 409
