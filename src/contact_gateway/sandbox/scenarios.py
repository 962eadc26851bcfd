"""The scenario ids: contact groups whose update always goes wrong in one particular way.

They work as the test card numbers of a payment sandbox do: a client sees every failure it must
handle by choosing an id, without a fault injector. They affect only
`PATCH /v1/contactGroups/{id}`, and only a request that has passed every check of token, customer
and input. Each of them but 404 is also an ordinary group of every customer, so that it can be read.

For reads the customer is the scenario: whatever some customers ask `GET /v1/contactGroups` for ends
as the update of the group with their id does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from contact_gateway.sandbox.problem_documents import Problem, invalid_input

__all__ = [
    "SCENARIOS",
    "SCENARIOS_BY_ID",
    "SCENARIO_CUSTOMERS",
    "SCENARIO_GROUPS",
    "Fault",
    "Scenario",
]


class Fault(Enum):
    """A way to fail that is not a problem document."""

    DROP = "drop"
    HANG = "hang"
    DRIP = "drip"
    HTML = "html"


@dataclass(frozen=True)
class Scenario:
    """One scenario: the group id that triggers it, what then happens, and the answer.

    Where the change is `applied`, it is made first, as for any group.
    """

    id: int
    effect: str
    answer: Problem | Fault
    applied: bool = False


_NO_GROUP: Final = 404
_RETRY_AFTER: Final = MappingProxyType({"Retry-After": "30"})

SCENARIOS: Final[tuple[Scenario, ...]] = (
    Scenario(
        400,
        "Answers 400 Bad Request with a problem that has no `errors`.",
        Problem(
            status=400,
            kind="bad-request",
            title="Bad Request",
            detail="The contact group is being imported and cannot be changed.",
        ),
    ),
    Scenario(
        403,
        "Answers 403 Forbidden with a problem, although the token has the scope.",
        Problem(
            status=403,
            kind="forbidden",
            title="Forbidden",
            detail="Your user role does not allow changes to this contact group.",
        ),
    ),
    Scenario(
        _NO_GROUP,
        "Answers 404 Not Found with a problem; this group does not exist for any customer.",
        Problem(
            status=404,
            kind="not-found",
            title="Not Found",
            detail="There is no contact group 404.",
        ),
    ),
    Scenario(
        409,
        "Answers 409 Conflict with a problem that has no `errors`.",
        Problem(
            status=409,
            kind="conflict",
            title="Conflict",
            detail="The contact group was changed by someone else at the same time.",
        ),
    ),
    Scenario(
        422,
        "Answers 422 Client Error with a problem whose `errors` name the property `Name`.",
        invalid_input(
            {"Name": ("The name is reserved.", "Choose a name that is not a system name.")}
        ).problem,
    ),
    Scenario(
        429,
        "Answers 429 Too Many Requests with `Retry-After: 30` and a problem.",
        Problem(
            status=429,
            kind="too-many-requests",
            title="Too Many Requests",
            detail="The limit of requests for this customer is used up. Try again in 30 seconds.",
            headers=_RETRY_AFTER,
        ),
    ),
    Scenario(
        500,
        "Answers 500 Internal Server Error with a problem.",
        Problem(
            status=500,
            kind="internal-server-error",
            title="Internal Server Error",
            detail="Object reference not set to an instance of an object.",
        ),
    ),
    Scenario(
        502,
        "Answers 502 Bad Gateway with a problem.",
        Problem(
            status=502,
            kind="bad-gateway",
            title="Bad Gateway",
            detail="The contact service sent an answer that could not be understood.",
        ),
    ),
    Scenario(
        503,
        "Answers 503 Service Unavailable with `Retry-After: 30` and a problem.",
        Problem(
            status=503,
            kind="service-unavailable",
            title="Service Unavailable",
            detail="The service is down for maintenance. Try again in 30 seconds.",
            headers=_RETRY_AFTER,
        ),
    ),
    Scenario(
        504,
        "Answers 504 Gateway Timeout with a problem.",
        Problem(
            status=504,
            kind="gateway-timeout",
            title="Gateway Timeout",
            detail="The contact service did not answer in time.",
        ),
    ),
    Scenario(
        9001,
        "Hangs: changes nothing, answers nothing, and drops the connection after 60 seconds.",
        Fault.HANG,
    ),
    Scenario(
        9002,
        "Applies the change, then drops the connection without an answer.",
        Fault.DROP,
        applied=True,
    ),
    Scenario(
        9003,
        "Answers 404 with an HTML page, as a web server in front of the API would.",
        Fault.HTML,
    ),
    Scenario(
        9004,
        "Drips: answers 500 and then a problem that arrives one byte every half second, "
        "without end.",
        Fault.DRIP,
    ),
)
"""Every scenario, in the order in which they are listed to people."""

SCENARIOS_BY_ID: Final = MappingProxyType({scenario.id: scenario for scenario in SCENARIOS})

SCENARIO_CUSTOMERS: Final = (429, 500, 503, 9001, 9003)
"""The customers whose reads all end as the scenario with their id."""

SCENARIO_GROUPS: Final = MappingProxyType(
    {scenario.id: f"Scenario {scenario.id}" for scenario in SCENARIOS if scenario.id != _NO_GROUP}
)
"""Group id to name of the groups that carry the scenarios, the same for every customer."""
