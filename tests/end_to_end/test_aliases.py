"""Several changes in one document: each alias has a result of its own."""

import pytest

from contact_gateway.sandbox import SCENARIOS, Sandbox
from tests.client import Client

DOCUMENT = """\
mutation($failing: ID!, $input: UpdateContactGroupInput!) {
  first: updateContactGroup(id: "5514126", input: {name: "First"}) { ...Result }
  failing: updateContactGroup(id: $failing, input: $input) { ...Result }
  last: updateContactGroup(id: "5514127", input: {name: "Last"}) { ...Result }
}
fragment Result on UpdateContactGroupResult {
  __typename
  ... on UpdateContactGroupSuccess { contactGroup { id name } }
}
"""
GOOD = {"name": "Failing"}
MIDDLE = {
    400: "RequestRejectedError",
    403: "PermissionDeniedError",
    404: "ContactGroupNotFoundError",
    409: "RequestRejectedError",
    422: "InvalidInputError",
    429: "RateLimitedError",
    500: "UpstreamUnavailableError",
    502: "UpstreamUnavailableError",
    503: "UpstreamUnavailableError",
    504: "UpstreamUnavailableError",
    9001: "UpstreamUnavailableError",
    9003: "UnexpectedProblemError",
    9004: "UpstreamUnavailableError",
}


@pytest.mark.parametrize(
    ("contact_group_id", "input", "member"),
    [
        *((str(scenario_id), GOOD, member) for scenario_id, member in MIDDLE.items()),
        ("..", GOOD, "InvalidInputError"),
        ("5514128", {}, "InvalidInputError"),
        ("5514128", {"name": None}, "InvalidInputError"),
        ("5514128", {"name": "\ud800"}, "InvalidInputError"),
    ],
)
def test_failure_between_two_successes(
    impatient_client: Client,
    sandbox: Sandbox,
    contact_group_id: str,
    input: dict[str, str | None],
    member: str,
) -> None:
    """A failing alias hides neither the change before it nor the one after it."""
    sandbox.store.rename(5690, 5514126, "Before")
    sandbox.store.rename(5690, 5514127, "Before too")

    response = impatient_client.post(DOCUMENT, {"failing": contact_group_id, "input": input})

    typename = "UpdateContactGroupSuccess"
    assert (response.status_code, response.json()) == (
        200,
        {
            "data": {
                "first": {
                    "__typename": typename,
                    "contactGroup": {"id": "5514126", "name": "First"},
                },
                "failing": {"__typename": member},
                "last": {"__typename": typename, "contactGroup": {"id": "5514127", "name": "Last"}},
            }
        },
    )
    assert sandbox.store.name_of(5690, 5514126) == "First"
    assert sandbox.store.name_of(5690, 5514127) == "Last"


def test_every_scenario_fails_between_two_successes() -> None:
    """No way to fail is left out, but the one that may turn out to be a success."""
    assert {*MIDDLE, 9002} == {scenario.id for scenario in SCENARIOS}


def test_order_of_changes(client: Client, sandbox: Sandbox) -> None:
    """The changes are made one after the other, in the order of the document."""
    document = """mutation {
      a: updateContactGroup(id: "5514128", input: {name: "One"}) { __typename }
      b: updateContactGroup(id: "5514128", input: {name: "Two"}) { __typename }
      c: updateContactGroup(id: "5514128", input: {name: "Three"}) { __typename }
    }"""

    client.post(document)

    assert [request.body for request in sandbox.received] == [
        b'{"name":"One"}',
        b'{"name":"Two"}',
        b'{"name":"Three"}',
    ]
