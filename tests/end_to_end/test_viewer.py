"""`viewer`: what the caller may do, told without a scope and without a call."""

import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.servers import gateway_before

VIEWER = "{ viewer { customerId canReadContactGroups canUpdateContactGroups } }"


@pytest.mark.parametrize(
    "scopes",
    [{"contacts:read", "contacts:write"}, {"contacts:read"}, {"contacts:write"}],
)
def test_scopes(
    client: Client, sandbox: Sandbox, issue_token: IssueToken, scopes: set[str]
) -> None:
    """They say what the token is good for, and nothing is asked upstream."""
    client.token = issue_token(scope=" ".join(scopes))

    reply = client.post(VIEWER)

    assert (reply.status_code, reply.json()["data"]["viewer"], [*sandbox.received]) == (
        200,
        {
            "customerId": "5690",
            "canReadContactGroups": "contacts:read" in scopes,
            "canUpdateContactGroups": "contacts:write" in scopes,
        },
        [],
    )


def test_another_customer(client: Client) -> None:
    """A token that is not good for the customer that the request asks for is good for nothing."""
    reply = client.post(VIEWER, Customer_Id="1")

    assert reply.json()["data"]["viewer"] == {
        "customerId": None,
        "canReadContactGroups": False,
        "canUpdateContactGroups": False,
    }


@pytest.mark.parametrize(
    ("scope", "may_read"),
    [(None, None), ("contacts:read", None), ("contacts:read more", None), ("", False)],
    ids=["opaque", "it claims the scope", "and more", "it claims none"],
)
def test_a_token_that_nobody_has_verified(
    sandbox: Sandbox, issue_token: IssueToken, scope: str | None, *, may_read: bool | None
) -> None:
    """What it claims to lack, it lacks; what it claims to have, only the upstream can tell."""
    changes = {"token_verification": "upstream", "jwt_issuer": None, "jwt_customer_claim": None}
    token = "opaque" if scope is None else issue_token(scope=scope)
    with gateway_before(sandbox, **changes) as url:
        client = Client(url, token)
        with client.http:
            reply = client.post(VIEWER)

    assert reply.json()["data"]["viewer"] == {
        "customerId": "5690",
        "canReadContactGroups": may_read,
        "canUpdateContactGroups": None if scope is None else False,
    }
