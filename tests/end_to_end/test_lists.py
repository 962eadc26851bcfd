"""Lists in which something is wrong: what can be read is there, and what cannot is told."""

import json

import pytest

from tests.client import Client
from tests.members import bare_problem
from tests.scripted_upstream import ScriptedUpstream, reply

GROUPS = "{ contactGroups(pageSize: 3) { items { id name } itemCount hasNextPage } }"
ONE = '{ contactGroup(id: "2") { id name } }'


@pytest.mark.parametrize(
    "malformed",
    [
        {"id": "2", "name": "x"},
        {"id": 2},
        {"id": 2, "name": None},
        {"id": -1, "name": "x"},
        7,
        None,
    ],
)
def test_one_malformed_group(
    healthy_client: Client, scripted: ScriptedUpstream, malformed: object
) -> None:
    """The others are there, and an error says where in the list it stands."""
    items = [{"id": 1, "name": "One"}, malformed, {"id": 3, "name": "Three"}]
    page = {"items": items, "pageNumber": 1, "pageSize": 3}
    scripted.answers(reply(200, json.dumps(page), Content_Type="application/json"))

    response = healthy_client.post(GROUPS, X_Request_Id="its-name")

    assert (response.status_code, response.json()) == (
        294,
        {
            "errors": [
                {
                    "message": "The service gave an answer that cannot be understood.",
                    "path": ["contactGroups", "items", 1],
                    "extensions": {
                        "code": "UNEXPECTED_PROBLEM",
                        "problem": bare_problem(200),
                        "requestId": "its-name",
                    },
                }
            ],
            "data": {
                "contactGroups": {
                    "items": [{"id": "1", "name": "One"}, {"id": "3", "name": "Three"}],
                    "itemCount": 2,
                    "hasNextPage": True,
                }
            },
        },
    )


def test_the_malformed_group_asked_for(healthy_client: Client, scripted: ScriptedUpstream) -> None:
    """It is not said to be missing."""
    page = {"items": [{"id": 2, "name": 7}]}
    scripted.answers(reply(200, json.dumps(page), Content_Type="application/json"))

    response = healthy_client.post(ONE)

    assert response.json()["errors"][0]["extensions"]["code"] == "UNEXPECTED_PROBLEM"


@pytest.mark.parametrize(
    ("media_type", "bom"),
    [("text/json", b""), ("application/json;charset=utf8", b"\xef\xbb\xbf"), ("text/plain", b"")],
)
def test_media_type_of_a_list(
    healthy_client: Client, scripted: ScriptedUpstream, media_type: str, bom: bytes
) -> None:
    """A list that can be read is read, whatever it is called."""
    page = bom + json.dumps({"items": [{"id": 2, "name": "Two"}]}).encode()
    scripted.answers(reply(200, page, Content_Type=media_type))

    response = healthy_client.post(ONE)

    assert response.json() == {"data": {"contactGroup": {"id": "2", "name": "Two"}}}
