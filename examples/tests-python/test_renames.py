"""Every end of a rename, as a team's own tests look at it."""

import pytest

from contact_gateway.testing import ContactGatewayClient, ContactGroups

GROUP = "5514123"


def test_success(
    contact_gateway_client: ContactGatewayClient, contact_groups: ContactGroups
) -> None:
    result = contact_gateway_client.rename(GROUP, "Best customers")

    result.assert_success(contactGroup={"id": GROUP, "name": "Best customers"})
    assert contact_groups.name_of(GROUP) == "Best customers"


def test_a_change_that_is_only_accepted(
    contact_gateway_client: ContactGatewayClient, contact_groups: ContactGroups
) -> None:
    contact_groups.fail_next(202)

    contact_gateway_client.rename(GROUP, "New").assert_success("ACCEPTED", contactGroup=None)


def test_a_name_that_is_taken(
    contact_gateway_client: ContactGatewayClient, contact_groups: ContactGroups
) -> None:
    contact_groups.put("12", "Twelve")

    contact_gateway_client.rename(GROUP, "Twelve").assert_failed(
        "InvalidInputError",
        origin="UPSTREAM",
        fieldErrors=[
            {"path": ["input", "name"], "messages": ["Another contact group has this name."]}
        ],
    )


def test_input_that_the_gateway_refuses(contact_gateway_client: ContactGatewayClient) -> None:
    result = contact_gateway_client.update(GROUP, {"name": None})

    result.assert_failed("InvalidInputError", origin="GATEWAY", retryable=False)
    assert result.requests == []


def test_a_group_that_is_gone(
    contact_gateway_client: ContactGatewayClient, contact_groups: ContactGroups
) -> None:
    contact_groups.remove(GROUP)

    contact_gateway_client.rename(GROUP, "New").assert_failed(
        "ContactGroupNotFoundError", contactGroupId=GROUP
    )


def test_a_token_without_the_scope(contact_gateway_client: ContactGatewayClient) -> None:
    reader = contact_gateway_client.with_scopes("contacts:read")

    reader.rename(GROUP, "New").assert_failed(
        "PermissionDeniedError", requiredScope="contacts:write"
    )


# updates of these groups always end so, whatever the name
@pytest.mark.parametrize(
    ("group", "member", "outcome"),
    [
        ("400", "RequestRejectedError", "NOT_APPLIED"),
        ("403", "PermissionDeniedError", "NOT_APPLIED"),
        ("404", "ContactGroupNotFoundError", "NOT_APPLIED"),
        ("409", "RequestRejectedError", "NOT_APPLIED"),
        ("422", "InvalidInputError", "NOT_APPLIED"),
        ("429", "RateLimitedError", "NOT_APPLIED"),
        ("500", "UpstreamUnavailableError", "UNKNOWN"),
        ("502", "UpstreamUnavailableError", "UNKNOWN"),
        ("503", "UpstreamUnavailableError", "NOT_APPLIED"),
        ("504", "UpstreamUnavailableError", "UNKNOWN"),
        ("9001", "UpstreamUnavailableError", "UNKNOWN"),
        ("9003", "UnexpectedProblemError", "NOT_APPLIED"),
    ],
)
def test_a_scenario(
    contact_gateway_client: ContactGatewayClient, group: str, member: str, outcome: str
) -> None:
    contact_gateway_client.rename(group, "New").assert_failed(member, outcome)


def test_a_lost_answer(contact_gateway_client: ContactGatewayClient) -> None:
    contact_gateway_client.rename("9002", "New").assert_success()


def test_one_call_that_fails(
    contact_gateway_client: ContactGatewayClient, contact_groups: ContactGroups
) -> None:
    contact_groups.fail_next(429, headers={"Retry-After": "30"}, group=GROUP)

    contact_gateway_client.rename(GROUP, "New").assert_failed(
        "RateLimitedError", retryAfterSeconds=30, retryable=True
    )
    contact_gateway_client.rename(GROUP, "New").assert_success()


def test_a_wait_that_is_worth_it(
    contact_gateway_client: ContactGatewayClient, contact_groups: ContactGroups
) -> None:
    contact_groups.fail_next(429, headers={"Retry-After": "2"})  # of a clock ten times as fast

    result = contact_gateway_client.rename(GROUP, "New")

    result.assert_success()
    assert [request.status for request in result.requests] == [429, 204]


def test_what_the_rest_api_received(
    contact_gateway_client: ContactGatewayClient, contact_groups: ContactGroups
) -> None:
    result = contact_gateway_client.rename(GROUP, "Café")

    [request] = result.requests
    assert (request.method, request.path, request.json) == (
        "PATCH",
        f"/v1/contactGroups/{GROUP}",
        {"name": "Café"},
    )
    assert request.headers["customer-id"] == contact_groups.customer
    assert request.headers["x-request-id"] == result.reply.request_id
    assert contact_groups.received() == [request]
