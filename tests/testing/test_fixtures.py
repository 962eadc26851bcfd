"""The fixtures of the kit, asked for as any user asks for them."""

import logging
import subprocess
import sys
import time

import pytest
import structlog

import contact_gateway.testing
from contact_gateway.observation.logs import logs_of_python
from contact_gateway.sandbox import Manner, Sandbox, SandboxServer
from contact_gateway.settings import SettingsError
from contact_gateway.testing import (
    ContactGatewayClient,
    ContactGroups,
    SandboxRefusedError,
)
from contact_gateway.testing.gateways import gateway_elsewhere, gateway_of_this_process, open_http

GROUP = "5514123"


def test_the_public_names() -> None:
    """Each is there where it is asked for, and there is no other."""
    names = contact_gateway.testing.__all__

    assert [name for name in names if not hasattr(contact_gateway.testing, name)] == []
    assert not hasattr(contact_gateway.testing, "anything")


def test_what_is_not_used_costs_nothing() -> None:
    """The plugin imports nothing of the gateway but itself, and no library that pytest has not."""
    code = (
        "import sys, pytest; before = set(sys.modules); import contact_gateway.testing.plugin; "
        "print(*sorted(name for name in set(sys.modules) - before))"
    )

    printed = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert printed.stdout.split() == [
        "contact_gateway",
        "contact_gateway.testing",
        "contact_gateway.testing.plugin",
    ]


@pytest.mark.parametrize("again", [1, 2])
def test_each_test_begins_anew(
    contact_groups: ContactGroups, contact_gateway_client: ContactGatewayClient, again: int
) -> None:
    """Groups, faults, received requests and the other customer are those of the start."""
    other = contact_groups.other_customer
    names = [contact_groups.name_of(GROUP, customer) for customer in (None, other)]
    received = contact_groups.received(), contact_groups.received(other)
    for client in (contact_gateway_client, contact_gateway_client.as_customer(other)):
        client.rename(GROUP, f"Renamed {again}").assert_success()
    contact_groups.fail_next(503, times=100)
    contact_groups.fail_next(503, times=100, customer=other)

    assert (names, received) == (["High value customers"] * 2, ([], []))


def test_groups(contact_groups: ContactGroups) -> None:
    """They can be put, named, listed and removed; ids are texts or numbers."""
    contact_groups.put(12, "Twelve")
    contact_groups.remove(GROUP)

    assert (contact_groups.name_of("12"), contact_groups.name_of(GROUP)) == ("Twelve", None)
    assert contact_groups.all()["5514124"] == "Suppliers"


def test_what_the_sandbox_refuses(contact_groups: ContactGroups) -> None:
    """It is told in a sentence, without what was sent."""
    with pytest.raises(SandboxRefusedError, match=r"PUT .*/12: name: Another contact group has"):
        contact_groups.put("12", "Suppliers")
    with pytest.raises(SandboxRefusedError, match="has no contact group 12"):
        contact_groups.remove("12")
    with pytest.raises(SandboxRefusedError, match="expected a status, an end or a delay"):
        contact_groups.fail_next()


def test_an_empty_body(
    contact_groups: ContactGroups, contact_gateway_client: ContactGatewayClient
) -> None:
    """It is another end than none: a 404 without a problem is no missing group."""
    contact_groups.fail_next(404, body=None)
    contact_groups.fail_next(404)

    results = [contact_gateway_client.rename(GROUP, "New") for _ in range(2)]

    results[0].assert_failed("UnexpectedProblemError", problem=results[0]["problem"])
    results[1].assert_failed("ContactGroupNotFoundError")


def test_a_late_answer(
    contact_groups: ContactGroups, contact_gateway_client: ContactGatewayClient
) -> None:
    """Its delay is by the same clock as the deadlines: it is too late here as it is elsewhere."""
    contact_groups.fail_next(delay=6, method="PATCH", times=2)  # an attempt has five seconds

    result = contact_gateway_client.rename(GROUP, "New")

    result.assert_success()
    assert [request.method for request in result.requests] == ["PATCH", "GET"]


def test_an_error_in_the_place_of_a_result(contact_gateway_client: ContactGatewayClient) -> None:
    """A rename that was not run at all is told whole."""
    with pytest.raises(AssertionError, match=r"expected the result of a mutation[^$]*UNAUTHENTICA"):
        contact_gateway_client.with_token(None).rename(GROUP, "New")


def test_what_is_sent(contact_gateway_client: ContactGatewayClient) -> None:
    """Headers may be others, and the operation may be named."""
    document = "query One { __typename } query Two { viewer { customerId } }"
    client = contact_gateway_client.as_customer(None)

    data = client.execute(document, operation_name="Two", headers={"X-Request-Id": "mine"})

    assert data.assert_data() == {"viewer": {"customerId": contact_gateway_client.customer}}
    assert (data.status, data.request_id) == (200, "mine")


def test_no_token_in_a_repr(contact_gateway_client: ContactGatewayClient) -> None:
    """What pytest shows of a failing test has none in it."""
    assert str(contact_gateway_client.token) not in repr(contact_gateway_client)


def test_settings_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are those of `contact_gateway_settings`, and nothing of the environment."""
    monkeypatch.setenv("CONTACT_GATEWAY_URL", "http://elsewhere.example")
    with (
        gateway_of_this_process({"introspection": False}) as gateway,
        open_http() as http,
    ):
        groups = ContactGroups(gateway, http)
        headers = {"Authorization": f"Bearer {groups.token()}"}
        body = {"query": "{ __schema { types { name } } }"}
        status = http.post(gateway.url, json=body, headers=headers).status_code

    assert status == 422
    with pytest.raises(SettingsError), gateway_of_this_process({"workers": 0}):
        pytest.fail("it must not start")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "127.0.0.1:8000/", "http://127.0.0.1:8000/graphql"]
)
def test_a_gateway_elsewhere(sandbox: Sandbox, url: str) -> None:
    """Its URL may be short; each worker of each run has customers of its own there."""
    found = [gateway_elsewhere(url, sandbox.url, worker) for worker in (None, "gw0", "gw1", "gw0a")]

    assert {gateway.url for gateway in found} == {"http://127.0.0.1:8000/graphql"}
    assert (found[0].customer, found[0].other_customer) == ("5690", "5691")
    assert len({each for one in found for each in (one.customer, one.other_customer)}) == 8


def test_no_gateway_elsewhere(gateway_url: str) -> None:
    """Where there is no sandbox, or something else, it says so before the first test."""
    with pytest.raises(SandboxRefusedError, match=":9/__admin does not answer: ConnectError"):
        gateway_elsewhere("http://127.0.0.1:8000", "http://127.0.0.1:9/", None)
    with pytest.raises(SandboxRefusedError, match="HTTP 404, which no sandbox answers"):
        gateway_elsewhere(gateway_url, gateway_url, None)


def test_customers_of_others() -> None:
    """In a sandbox that is shared, nothing is reset but what is of one's own customers."""
    with SandboxServer(manner=Manner(faster=10)) as sandbox, open_http() as http:
        one, two = (
            ContactGroups(gateway_elsewhere("http://127.0.0.1:9", sandbox.url, worker), http)
            for worker in ("gw0", "gw1")
        )
        for groups in (one, two):
            groups.reset()
            groups.put(12, "Twelve")
            groups.put(12, "Twelve", groups.other_customer)
        two.reset()

        assert (one.name_of(12), two.name_of(12)) == ("Twelve", None)
        assert (one.name_of(12, one.other_customer), two.name_of(12, two.other_customer)) == (
            "Twelve",
            None,
        )


def test_logs(caplog: pytest.LogCaptureFixture) -> None:
    """They go to Python's logging, unless structlog is somebody else's: then nothing is touched."""
    configured = structlog.get_config()
    try:
        structlog.reset_defaults()
        with logs_of_python(), caplog.at_level(logging.INFO):
            log = structlog.get_logger("contact_gateway.anything")
            log.info("told", name="value")
            log.error("failed", exc_info=ValueError("secret"))
        after = structlog.is_configured()
    finally:
        structlog.configure(**configured)
    with logs_of_python():
        assert structlog.get_config() == configured

    told = [(record.name, record.getMessage()) for record in caplog.records]
    assert (told[0], after) == (
        ("contact_gateway.anything", "event='told' name='value'"),
        False,
    )
    assert "secret" not in told[1][1]
    assert "ValueError" in told[1][1]


def test_how_long_it_takes_to_start() -> None:
    """Once it is imported, a gateway and its sandbox are there within a second."""
    taken: list[float] = []
    while not taken or (min(taken) >= 1 and len(taken) < 5):  # a key takes a while to be found
        started = time.process_time()
        with gateway_of_this_process({}):
            taken.append(time.process_time() - started)

    assert min(taken) < 1


def test_headers_in_the_place_of_the_usual_ones(
    contact_gateway_client: ContactGatewayClient, contact_groups: ContactGroups
) -> None:
    """They replace them whatever the case of their names, and are not sent beside them."""
    other = contact_groups.other_customer
    headers = {
        "authorization": f"Bearer {contact_groups.token(customers=[other])}",
        "customer-id": other,
        "x-request-id": "mine",
    }

    reply = contact_gateway_client.execute("{ viewer { customerId } }", headers=headers)

    assert (reply.assert_data(), reply.request_id) == ({"viewer": {"customerId": other}}, "mine")
