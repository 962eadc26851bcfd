"""What the gateway itself refuses, so that a failing upstream is left alone."""

from concurrent.futures import ThreadPoolExecutor

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.members import unavailable
from tests.scripted_upstream import DROP, HANG, ScriptedUpstream
from tests.servers import gateway_before

UNCLEAR = unavailable("The service did not say whether the change was made.", "UNKNOWN")


def test_open_circuit(
    scripted: ScriptedUpstream, sandbox: Sandbox, issue_token: IssueToken
) -> None:
    """After five failures in a row nothing is sent, and the caller is told when to come back."""
    scripted.answers(DROP)
    with gateway_before(sandbox, upstream_url=scripted.url) as url:
        client = Client(url, issue_token(scope="contacts:write"))
        with client.http:
            results = [client.rename("1", {"name": "New"}) for _ in range(6)]

    refused = unavailable(
        "The service has failed too often just now.", "NOT_APPLIED", retry_after=1
    )
    assert results == [*[UNCLEAR] * 5, refused]
    assert len(scripted.received) == 5


def test_an_upstream_that_takes_no_more_connections(
    sandbox: Sandbox, issue_token: IssueToken
) -> None:
    """Who has none is refused, in the end without an attempt; who has one is served on it."""
    settings = {"upstream_keepalive": 60, "upstream_connection_age": 60}
    with (
        ScriptedUpstream() as upstream,
        gateway_before(sandbox, upstream_url=upstream.url, **settings) as url,
    ):
        served = Client(url, issue_token())
        others = Client(url, issue_token(customers=(7310,)), customer="7310")
        with served.http, others.http:
            results = [served.rename("1", {"name": "New"})["__typename"]]
            upstream.stop_listening()
            refused = [others.rename("1", {"name": "New"})["message"] for _ in range(3)]
            results += [served.rename("1", {"name": "New"})["__typename"] for _ in range(3)]
            refused.append(others.rename("1", {"name": "New"})["message"])

    assert results == ["UpdateContactGroupSuccess"] * 4
    assert refused == [
        "The service cannot be reached at the moment.",
        *["The service has failed too often just now."] * 3,
    ]


def test_full_queue(scripted: ScriptedUpstream, sandbox: Sandbox, issue_token: IssueToken) -> None:
    """With one connection, one call is made and one waits; two more are refused at once."""
    scripted.answers(HANG)
    settings = {
        "upstream_max_connections": 1,
        "upstream_attempt_timeout": 1,
        "upstream_deadline": 1,
    }
    with (
        gateway_before(sandbox, upstream_url=scripted.url, **settings) as url,
        ThreadPoolExecutor(4) as pool,
    ):
        client = Client(url, issue_token())
        with client.http:
            results = list(pool.map(lambda _: client.rename("1", {"name": "New"}), range(4)))

    refused = unavailable(
        "Too many requests are waiting for the service at the moment.", "NOT_APPLIED"
    )
    assert [result == refused for result in results].count(True) == 2
