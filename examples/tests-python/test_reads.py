"""Queries that succeed, and one that fails in each way."""

from typing import Any

import pytest

from contact_gateway.testing import ContactGatewayClient, ContactGroups

GROUP = "5514123"
QUERY = "query ($id: ID!) { contactGroup(id: $id) { id name } }"


def test_a_group(contact_gateway_client: ContactGatewayClient) -> None:
    data = contact_gateway_client.query(QUERY, id=GROUP).assert_data()

    assert data == {"contactGroup": {"id": GROUP, "name": "High value customers"}}


def test_a_group_that_is_not_there(contact_gateway_client: ContactGatewayClient) -> None:
    data = contact_gateway_client.query(QUERY, id="12").assert_data()

    assert data == {"contactGroup": None}


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"status": 400}, "REQUEST_REJECTED"),
        ({"status": 422}, "INVALID_INPUT"),
        ({"status": 403}, "PERMISSION_DENIED"),
        ({"status": 429}, "RATE_LIMITED"),
        ({"status": 500, "times": 3}, "UPSTREAM_UNAVAILABLE"),
        ({"status": 503, "headers": {"Retry-After": "30"}}, "UPSTREAM_UNAVAILABLE"),
        ({"end": "drop", "times": 3}, "UPSTREAM_UNAVAILABLE"),
        ({"end": "html"}, "UNEXPECTED_PROBLEM"),
        ({"status": 302, "headers": {"Location": "/login"}}, "UNEXPECTED_PROBLEM"),
    ],
    ids=str,
)
def test_a_query_that_fails(
    contact_gateway_client: ContactGatewayClient,
    contact_groups: ContactGroups,
    fault: dict[str, Any],
    code: str,
) -> None:
    contact_groups.fail_next(**fault)

    contact_gateway_client.query(QUERY, id=GROUP).assert_error(code, path=["contactGroup"])


@pytest.mark.parametrize(
    ("customer", "code"),
    [
        ("429", "RATE_LIMITED"),
        ("500", "UPSTREAM_UNAVAILABLE"),
        ("503", "UPSTREAM_UNAVAILABLE"),
        ("9003", "UNEXPECTED_PROBLEM"),
    ],
)
def test_a_customer_whose_reads_all_fail(
    contact_gateway_client: ContactGatewayClient, customer: str, code: str
) -> None:
    customer_client = contact_gateway_client.as_customer(customer)

    customer_client.query(QUERY, id=GROUP).assert_error(code, path=["contactGroup"])


def test_a_token_without_the_scope(contact_gateway_client: ContactGatewayClient) -> None:
    writer = contact_gateway_client.with_scopes("contacts:write")

    writer.query(QUERY, id=GROUP).assert_error("PERMISSION_DENIED", path=["contactGroup"])


def test_a_document_that_does_not_fit_the_schema(
    contact_gateway_client: ContactGatewayClient,
) -> None:
    reply = contact_gateway_client.query("{ contactGroups { nothing } }")

    reply.assert_error("GRAPHQL_VALIDATION_FAILED", status=422)
