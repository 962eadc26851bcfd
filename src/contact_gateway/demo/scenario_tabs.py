"""What GraphiQL opens with in the demo: a success first, then every way to fail."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from contact_gateway.contact_groups import LIST, RENAME, VIEWER
from contact_gateway.graphiql import Examples, RESTCall, Tab, Workspace
from contact_gateway.sandbox import (
    CREDENTIALS,
    SAMPLE_GROUPS,
    SCENARIOS_BY_ID,
    ReceivedRequest,
    Sandbox,
)

__all__ = ["TITLES", "demo_workspace"]

_ABOUT_THE_LIST: Final = 'The customer\'s groups. Those named "Scenario" are in the menu.'

TITLES: Final[Mapping[str, Mapping[int, str]]] = MappingProxyType(
    {
        "The REST API refuses": {
            400: "400 Bad request",
            403: "403 Not allowed",
            404: "404 No such group",
            409: "409 Conflict",
            422: "422 Invalid name",
        },
        "It asks to wait": {
            429: "429 Too many requests",
            503: "503 Down for maintenance",
        },
        "It fails": {
            500: "500 Internal error",
            502: "502 Bad gateway",
            504: "504 Gateway timeout",
            9003: "404 as an HTML page",
        },
        "The connection fails": {
            9001: "Hangs",
            9002: "Drops after applying",
            9004: "Drips without end",
        },
    }
)
"""What the menu calls each scenario of the sandbox, by what happens."""


def demo_workspace(customer: int, issue_token: Callable[[], str], sandbox: Sandbox) -> Workspace:
    """The workspace of a customer of the sandbox."""
    group = min(SAMPLE_GROUPS[customer])
    succeed = (
        Tab("Rename a group", RENAME, _variables(group), "Press play, or Ctrl-Enter."),
        Tab("List groups", LIST, {"filter": {"namePrefix": ""}, "pageSize": 50}, _ABOUT_THE_LIST),
        Tab("Who am I?", VIEWER),
    )
    return Workspace(
        examples=(
            Examples("It works", succeed),
            *(
                Examples(heading, tuple(_scenario(*item) for item in titles.items()))
                for heading, titles in TITLES.items()
            ),
        ),
        headers={"Customer-Id": str(customer)},
        issue_token=issue_token,
        rest_calls=partial(_calls_of, sandbox),
    )


def _scenario(scenario: int, title: str) -> Tab:
    effect = SCENARIOS_BY_ID[scenario].effect
    # a name of its own: 9002 keeps it, and no two groups of a customer have one name
    return Tab(title, RENAME, _variables(scenario, "Regular customers"), effect)


def _variables(group: int, name: str = "Best customers") -> dict[str, object]:
    return {"id": str(group), "input": {"name": name}}


def _calls_of(sandbox: Sandbox, request_id: str) -> list[RESTCall]:
    """What the sandbox was sent in the course of a request, in order."""
    received = [*sandbox.received]
    return [_shown(each) for each in received if each.header("x-request-id") == (request_id,)]


def _shown(request: ReceivedRequest) -> RESTCall:
    query = f"?{request.query}" if request.query else ""
    return RESTCall(
        method=request.method,
        url=f"{request.path}{query}",
        headers=[(name, "…" if name in CREDENTIALS else value) for name, value in request.headers],
        body=request.body.decode(errors="replace"),
        status=request.status,
        answer=None if request.status is None else request.answer.decode(errors="replace"),
    )
