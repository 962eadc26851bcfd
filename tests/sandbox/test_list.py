"""`GET /v1/contactGroups`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_gateway.sandbox import SAMPLE_GROUPS, SCENARIOS

if TYPE_CHECKING:
    from tests.sandbox.client import Client, Filters


def test_no_filter(client: Client) -> None:
    """Without filters the first 100 groups come, by id, with the page described but no total."""
    scenarios = {scenario.id: f"Scenario {scenario.id}" for scenario in SCENARIOS}
    del scenarios[404]
    groups = scenarios | dict(SAMPLE_GROUPS[5690])

    response = client.list()

    assert (response.status_code, response.headers["content-type"], response.json()) == (
        200,
        "application/json",
        {
            "items": [{"id": group, "name": name} for group, name in sorted(groups.items())],
            "pageNumber": 1,
            "pageSize": 100,
            "pageItemCount": len(groups),
        },
    )


@pytest.mark.parametrize("customer", [5690, 7310])
def test_other_customer(client: Client, customer: int) -> None:
    """Each customer sees their own samples and nobody else's."""
    ids = [("id", group) for groups in SAMPLE_GROUPS.values() for group in groups]

    assert client.of(customer).names(*ids) == SAMPLE_GROUPS[customer]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([("id", 5514124)], [5514124]),
        ([("id", 5514125), ("id", 5514124), ("id", 5514125), ("id", 7)], [5514124, 5514125]),
        ([("id", 404)], []),
        ([("id", 2**63 - 1)], []),
        ([("name", "Suppliers")], [5514124]),
        ([("name", "Su")], [5514124, 5514125]),
        ([("name", "su")], []),
        ([("name", "upp")], []),
        ([("name", "%")], []),
        ([("name", "S_")], []),
        ([("name", "Su"), ("id", 5514125)], [5514125]),
        ([("name", "Su"), ("sortBy", "name")], [5514125, 5514124]),
        ([("name", "Su"), ("sortBy", "name"), ("direction", "ascending")], [5514125, 5514124]),
        ([("name", "Su"), ("sortBy", "name"), ("direction", "descending")], [5514124, 5514125]),
        ([("name", "Su"), ("direction", "descending")], [5514125, 5514124]),
        ([("name", "Su"), ("pageSize", 1), ("pageNumber", 2)], [5514125]),
        ([("name", "Su"), ("pageSize", 1), ("pageNumber", 3)], []),
        ([("name", "Su"), ("pageSize", 1000), ("pageNumber", 2147483)], []),
        ([("id", 5514124), ("colour", "red")], [5514124]),
    ],
)
def test_filter(client: Client, filters: Filters, expected: list[int]) -> None:
    """Filters narrow the list together; ids are a set, a name is a whole name or its beginning."""
    assert list(client.names(*filters)) == expected


def test_page(client: Client) -> None:
    """A page says which page it is and how many groups are on it."""
    page = client.list(("pageNumber", 2), ("pageSize", 20)).json()

    assert {key: page[key] for key in page if key != "items"} == {
        "pageNumber": 2,
        "pageSize": 20,
        "pageItemCount": 1,
    }


def test_thousand_ids(client: Client) -> None:
    """A thousand ids in one call are fine."""
    filters = [("id", 5514000 + number) for number in range(1000)]

    assert client.names(*filters) == SAMPLE_GROUPS[5690]


NOT_POSITIVE = ["Every value must be a 64-bit integer greater than 0."]
EMPTY = ["The value must not be empty."]
ONCE = ["The value may be given only once."]
PAGE_NUMBER = ["The value must be between 1 and 2147483."]
PAGE_SIZE = ["The value must be between 1 and 1000."]
DIRECTION = ["The value must be ascending or descending."]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([("id", "")], {"id": NOT_POSITIVE}),
        ([("id", 0)], {"id": NOT_POSITIVE}),
        ([("id", -1)], {"id": NOT_POSITIVE}),
        ([("id", "abc")], {"id": NOT_POSITIVE}),
        ([("id", 5514124), ("id", 2**63)], {"id": NOT_POSITIVE}),
        ([("name", "")], {"name": EMPTY}),
        ([("name", "a"), ("name", "b")], {"name": ONCE}),
        ([("sortBy", "")], {"sortBy": EMPTY}),
        ([("sortBy", "id")], {"sortBy": ["The value must be name."]}),
        ([("direction", "")], {"direction": EMPTY}),
        ([("direction", "up")], {"direction": DIRECTION}),
        ([("pageNumber", "")], {"pageNumber": EMPTY}),
        ([("pageNumber", 0)], {"pageNumber": PAGE_NUMBER}),
        ([("pageNumber", -1)], {"pageNumber": PAGE_NUMBER}),
        ([("pageNumber", 2147484)], {"pageNumber": PAGE_NUMBER}),
        ([("pageSize", "")], {"pageSize": EMPTY}),
        ([("pageSize", 0)], {"pageSize": PAGE_SIZE}),
        ([("pageSize", 1001)], {"pageSize": PAGE_SIZE}),
        ([("pageSize", 1), ("pageSize", 2)], {"pageSize": ONCE}),
        ([("pageSize", 0), ("id", 0)], {"id": NOT_POSITIVE, "pageSize": PAGE_SIZE}),
    ],
)
def test_filter_that_is_not_allowed(client: Client, filters: Filters, expected: object) -> None:
    """Empty, zero, repeated or out of range: 422, and `errors` names every wrong filter."""
    response = client.list(*filters)

    assert (response.status_code, response.headers["content-type"], response.json()) == (
        422,
        "application/problem+json",
        {
            "type": "https://example.com/probs/validation",
            "title": "One or more validation errors occurred.",
            "status": 422,
            "detail": "The request was understood, but some of its values are not allowed.",
            "instance": "/v1/contactGroups",
            "errors": expected,
        },
    )
