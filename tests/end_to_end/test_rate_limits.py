"""Rate limits over real sockets."""

from collections.abc import Iterator

import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.servers import gateway_before


@pytest.fixture
def limited(sandbox: Sandbox, issue_token: IssueToken) -> Iterator[Client]:
    """A client of a gateway that lets two requests a minute through."""
    with gateway_before(sandbox, rate_limit="2/minute") as url:
        client = Client(url, issue_token(customers=(5690, 7421)))
        with client.http:
            yield client


def test_one_request_too_many(limited: Client, sandbox: Sandbox) -> None:
    """It is refused with 429 before its body is parsed, and says when to come back."""
    for _ in range(2):
        limited.rename("5514123", {"name": "Best customers"})

    response = limited.http.post(
        f"{limited.url}/graphql",
        content=b"no JSON",
        headers={**limited.headers(), "X-Request-Id": "one-too-many"},
    )

    seconds = int(response.headers["Retry-After"])
    assert (response.status_code, 1 <= seconds <= 60) == (429, True)
    assert response.json() == {
        "errors": [
            {
                "message": "Expected fewer requests: see Retry-After for the seconds to wait.",
                "extensions": {
                    "code": "RATE_LIMITED",
                    "requestId": "one-too-many",
                    "retryAfterSeconds": seconds,
                },
            }
        ]
    }
    assert len(sandbox.received) == 2


def test_another_customer(limited: Client) -> None:
    """The same caller may go on for another customer."""
    for _ in range(2):
        limited.rename("5514123", {"name": "Best customers"})

    response = limited.post("{ contactGroups { itemCount } }", Customer_Id="7421")

    assert response.status_code == 200
