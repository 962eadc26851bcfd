"""What becomes of a call never depends on those before it, in the demo and in the kit for tests."""

from collections.abc import Iterator

import pytest

from contact_gateway.app import build_app
from contact_gateway.demo import answer_first, demo_settings, in_front_of
from contact_gateway.sandbox import Grant, Manner, Sandbox, SandboxServer
from contact_gateway.server.background import serving
from tests.client import Client

FACTOR = 10


@pytest.fixture(scope="module")
def demo_sandbox() -> Iterator[Sandbox]:
    """A sandbox whose clock is fast."""
    with SandboxServer(manner=Manner(faster=FACTOR)) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def demo_url(demo_sandbox: Sandbox) -> Iterator[str]:
    """A gateway as the demo has it, whose clock is as fast."""
    settings = demo_settings(environment=False, only_for_tests_time_factor=FACTOR)
    settings = in_front_of(settings, demo_sandbox)
    with serving(build_app(settings), settings) as url:
        answer_first(f"{url}/graphql", demo_sandbox)
        yield url


@pytest.fixture
def demo_client(demo_sandbox: Sandbox, demo_url: str) -> Iterator[Client]:
    """A caller of the demo."""
    demo_sandbox.reset()
    scopes = ("contacts:read", "contacts:write")
    customers = (5690, 7310, 429, 500, 503, 9001, 9003)
    grant = Grant(client_id="test", scopes=scopes, customers=customers)
    client = Client(demo_url, demo_sandbox.tokens.issue(grant))
    with client.http:
        yield client


def test_after_many_failures(demo_client: Client) -> None:
    """No circuit opens and no budget is spent: a lost answer is still read back."""
    failures = [demo_client.rename("502", {"name": "New"}) for _ in range(12)]

    after = demo_client.rename("9002", {"name": "New"})

    assert {(failure["__typename"], failure["outcome"]) for failure in failures} == {
        ("UpstreamUnavailableError", "UNKNOWN")
    }
    assert (after["__typename"], after["outcome"]) == ("UpdateContactGroupSuccess", "APPLIED")


def test_the_first_404(demo_client: Client, demo_sandbox: Sandbox) -> None:
    """The list is not asked for first: it is known that the REST API is there."""
    result = demo_client.rename("404", {"name": "New"})

    assert result["__typename"] == "ContactGroupNotFoundError"
    assert [(each.method, each.path) for each in demo_sandbox.received] == [
        ("PATCH", "/v1/contactGroups/404")
    ]


@pytest.mark.parametrize(
    ("customer", "code", "calls"),
    [
        ("429", "RATE_LIMITED", 1),
        ("500", "UPSTREAM_UNAVAILABLE", 3),
        ("503", "UPSTREAM_UNAVAILABLE", 1),
        ("9001", "UPSTREAM_UNAVAILABLE", 2),
        ("9003", "UNEXPECTED_PROBLEM", 1),
    ],
)
def test_a_scenario_customer(
    demo_client: Client, demo_sandbox: Sandbox, customer: str, code: str, calls: int
) -> None:
    """Every read of such a customer ends so, and its deadline comes soon."""
    query = '{ contactGroup(id: "5514123") { name } }'

    response = demo_client.post(query, Customer_Id=customer)

    [error] = response.json()["errors"]
    assert (error["extensions"]["code"], len(demo_sandbox.received)) == (code, calls)
    assert response.elapsed.total_seconds() < 5
