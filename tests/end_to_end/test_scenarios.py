"""Each scenario id of the sandbox, as a frontend sees it: gateway and REST server both listen."""

from typing import Any

import pytest

from contact_gateway.sandbox import SCENARIOS, Sandbox
from contact_gateway.sandbox.problem_documents import Problem
from tests.client import Client
from tests.conftest import IssueToken
from tests.members import (
    bare_problem,
    denied,
    invalid,
    not_found,
    rate_limited,
    rejected,
    success,
    unavailable,
    unexpected,
)
from tests.servers import gateway_before

FAILED = "The service failed while it handled the request."
UNCLEAR = "The service did not say whether the change was made."


def problem(scenario_id: int, *, exposed: bool) -> dict[str, Any]:
    """The problem document that the sandbox answers a scenario with, as the gateway shows it."""
    (answer,) = (scenario.answer for scenario in SCENARIOS if scenario.id == scenario_id)
    assert isinstance(answer, Problem)
    return {
        "type": answer.type,
        "title": answer.title,
        "status": answer.status,
        "detail": answer.detail if exposed else None,
        "instance": f"/v1/contactGroups/{scenario_id}" if exposed else None,
        "extensions": None,
    }


MEMBERS = {
    400: rejected(problem(400, exposed=True)),
    403: denied("You may not do this.", problem=problem(403, exposed=True)),
    404: not_found("404", problem(404, exposed=True)),
    409: rejected(problem(409, exposed=True)),
    422: invalid(
        (
            ["input", "name"],
            ["The name is reserved.", "Choose a name that is not a system name."],
        ),
        problem=problem(422, exposed=True),
    ),
    429: rate_limited(problem(429, exposed=True), retry_after=30),
    500: unavailable(FAILED, "UNKNOWN", problem(500, exposed=False)),
    502: unavailable(UNCLEAR, "UNKNOWN", problem(502, exposed=False)),
    503: unavailable(
        "The service takes no requests at the moment.",
        "NOT_APPLIED",
        problem(503, exposed=False),
        retry_after=30,
    ),
    504: unavailable(UNCLEAR, "UNKNOWN", problem(504, exposed=False)),
    9001: unavailable(UNCLEAR, "UNKNOWN"),
    9003: unexpected("NOT_APPLIED", bare_problem(404)),
    9004: unavailable(FAILED, "UNKNOWN", bare_problem(500)),
}


@pytest.mark.parametrize("scenario_id", MEMBERS)
def test_scenario(impatient_client: Client, sandbox: Sandbox, scenario_id: int) -> None:
    """The member is the one that the outcome table names, whole, and nothing was changed."""
    before = sandbox.store.name_of(5690, scenario_id)

    result = impatient_client.rename(str(scenario_id), {"name": "New"})

    assert (result, sandbox.store.name_of(5690, scenario_id)) == (MEMBERS[scenario_id], before)


def test_lost_after_applying(impatient_client: Client, sandbox: Sandbox) -> None:
    """A change that was made, and whose answer was lost, is read back and reported as made."""
    result = impatient_client.rename("9002", {"name": "Kept by 9002"})

    assert result == success("9002", "Kept by 9002")
    assert sandbox.store.name_of(5690, 9002) == "Kept by 9002"


def test_every_scenario_is_tested() -> None:
    """The sandbox has no scenario that no test here knows."""
    assert {*MEMBERS, 9002} == {scenario.id for scenario in SCENARIOS}


def test_exposed_server_problem(sandbox: Sandbox, issue_token: IssueToken) -> None:
    """With EXPOSE_SERVER_PROBLEMS on, detail and instance of a 5xx are shown."""
    with gateway_before(sandbox, expose_server_problems=True) as url:
        client = Client(url, issue_token())
        with client.http:
            result = client.rename("500", {"name": "New"})

    assert result == unavailable(FAILED, "UNKNOWN", problem(500, exposed=True))


@pytest.mark.parametrize(
    "name", ["", " ", "x" * 51, "Suppliers"], ids=["empty", "blank", "too long", "taken"]
)
def test_name_that_the_upstream_refuses(client: Client, sandbox: Sandbox, name: str) -> None:
    """What a good name is, the upstream decides: its messages reach the field."""
    before = sandbox.store.name_of(5690, 5514125)

    result = client.rename("5514125", {"name": name})

    assert (result["__typename"], result["origin"], result["fieldErrors"][0]["path"]) == (
        "InvalidInputError",
        "UPSTREAM",
        ["input", "name"],
    )
    assert sandbox.store.name_of(5690, 5514125) == before


def test_unknown_group(client: Client) -> None:
    """A group that the customer does not have is the type that names its id."""
    result = client.rename("6620411", {"name": "Another customer's"})

    assert result == not_found(
        "6620411",
        {
            "type": "https://example.com/probs/not-found",
            "title": "Not Found",
            "status": 404,
            "detail": "There is no contact group 6620411.",
            "instance": "/v1/contactGroups/6620411",
            "extensions": None,
        },
    )


def test_request_id(client: Client) -> None:
    """Every failure names the request as the caller named it."""
    response = client.post(
        "mutation($id: ID!) { updateContactGroup(id: $id, input: {}) {"
        " ... on MutationError { requestId } } }",
        {"id": "0"},
        X_Request_Id="from-the-caller",
    )

    assert response.json() == {"data": {"updateContactGroup": {"requestId": "from-the-caller"}}}
    assert response.headers["x-request-id"] == "from-the-caller"
