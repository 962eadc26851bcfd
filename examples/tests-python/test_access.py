"""Whose calls are let in, and for which customer."""

from typing import Any

import pytest

from contact_gateway.testing import ContactGatewayClient, ContactGroups

GROUP = "5514123"
QUERY = "{ viewer { customerId } }"


@pytest.mark.parametrize(
    "wanted",
    [
        {"lifetime": -60},
        {"audience": "somebody-else"},
        {"issuer": "https://login.example.com"},
        {"typ": "JWT"},
        {"unknown_key": True},
    ],
    ids=str,
)
def test_a_token_that_is_not_good(
    contact_gateway_client: ContactGatewayClient,
    contact_groups: ContactGroups,
    wanted: dict[str, Any],
) -> None:
    token = contact_groups.token(**wanted)

    reply = contact_gateway_client.with_token(token).execute(QUERY)

    reply.assert_error("UNAUTHENTICATED", status=401)


def test_no_token(contact_gateway_client: ContactGatewayClient) -> None:
    reply = contact_gateway_client.with_token(None).execute(QUERY)

    reply.assert_error("UNAUTHENTICATED", status=401)
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


def test_another_customer(
    contact_gateway_client: ContactGatewayClient, contact_groups: ContactGroups
) -> None:
    other = contact_groups.other_customer

    contact_gateway_client.as_customer(other).rename(GROUP, "Theirs").assert_success()

    assert contact_groups.name_of(GROUP, customer=other) == "Theirs"
    assert contact_groups.name_of(GROUP) == "High value customers"


def test_a_customer_of_somebody_else(
    contact_gateway_client: ContactGatewayClient, contact_groups: ContactGroups
) -> None:
    stranger = contact_gateway_client.with_token(
        contact_groups.token(customers=[contact_groups.other_customer])
    )

    result = stranger.rename(GROUP, "New")

    result.assert_failed("PermissionDeniedError", requiredScope=None)
    assert result.requests == []
