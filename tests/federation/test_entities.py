"""Groups that other subgraphs refer to, over real sockets (Apollo Federation, "Entities")."""

import json
from typing import Any

import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.scripted_upstream import Answer, RecordedRequest, ScriptedUpstream, reply

# as Hive Gateway and Apollo's router write it
ENTITIES = """query ($representations: [_Any!]!) {
  _entities(representations: $representations) { __typename ... on ContactGroup { id name } }
}"""
SUPPLIERS = {"__typename": "ContactGroup", "id": "5514124", "name": "Suppliers"}
SCHOOLS = {"__typename": "ContactGroup", "id": "5514129", "name": "Schools and colleges"}
NOT_AN_ID = "Expected a whole number from 1 to 9223372036854775807."


def refer(*ids: object) -> list[dict[str, object]]:
    """What a gateway knows of groups."""
    return [{"__typename": "ContactGroup", "id": each} for each in ids]


def ask(client: Client, representations: object) -> Any:
    """Ask for them; the reply."""
    return client.post(ENTITIES, {"representations": representations}).json()


def told(reply: Any) -> list[tuple[Any, ...]]:
    """Of each error where it is, its code and what is wrong."""
    return [
        (
            error["path"],
            error["extensions"]["code"],
            *(
                (".".join(fault["path"]), *fault["messages"])
                for fault in error["extensions"].get("fieldErrors", [])
            ),
        )
        for error in reply.get("errors", [])
    ]


def groups_asked_for(request: RecordedRequest) -> Answer:
    """An upstream that has every group."""
    query = request.target.partition("?")[2].split("&")
    ids = [part.removeprefix("id=") for part in query if part.startswith("id=")]
    items = [{"id": int(each), "name": f"Group {each}"} for each in ids]
    return reply(200, json.dumps({"items": items}), Content_Type="application/json")


def test_groups(subgraph: Client, sandbox: Sandbox) -> None:
    """They come in the order asked for, each as often as it is; one that is not there is null."""
    references = refer("5514129", "5514124", "404", 5514129)

    assert ask(subgraph, references) == {"data": {"_entities": [SCHOOLS, SUPPLIERS, None, SCHOOLS]}}
    assert [request.query for request in sandbox.received] == [
        "id=5514129&id=5514124&id=404&sortBy=name&direction=ascending&pageNumber=1&pageSize=3"
    ]


@pytest.mark.parametrize(("count", "calls"), [(1, [1]), (100, [100]), (300, [100, 100, 100])])
def test_many_groups(
    scripted_subgraph: Client, scripted: ScriptedUpstream, count: int, calls: list[int]
) -> None:
    """A hundred are read in one upstream call."""
    scripted.responds(groups_asked_for)
    ids = [str(number) for number in range(1, count + 1)]

    reply = ask(scripted_subgraph, refer(*ids))

    found = [(each["id"], each["name"]) for each in reply["data"]["_entities"]]
    asked = [request.target.count("id=") for request in scripted.received]
    assert (found, asked) == ([(each, f"Group {each}") for each in ids], calls)


def test_in_several_fields(subgraph: Client, sandbox: Sandbox) -> None:
    """All that one document asks for is read together."""
    response = subgraph.post(
        """query ($r: [_Any!]!, $id: ID!) {
          a: _entities(representations: $r) { ... on ContactGroup { name } }
          b: _entities(representations: [{__typename: "ContactGroup", id: $id}]) { __typename }
          c: _entities(representations: {__typename: "ContactGroup", id: 5514124}) { __typename }
          contactGroup(id: $id) { name }
        }""",
        {"r": refer("5514124"), "id": "5514129"},
    )

    assert response.json() == {
        "data": {
            "a": [{"name": "Suppliers"}],
            "b": [{"__typename": "ContactGroup"}],
            "c": [{"__typename": "ContactGroup"}],
            "contactGroup": {"name": "Schools and colleges"},
        }
    }
    assert [request.query.count("id=") for request in sandbox.received] == [2]


def test_of_nothing(subgraph: Client, sandbox: Sandbox) -> None:
    """No call is made."""
    assert (ask(subgraph, []), [*sandbox.received]) == ({"data": {"_entities": []}}, [])


NO_OBJECT = "Expected an object with a `__typename`."
NO_TYPE = "Expected the name of a type that has a key."
NO_OBJECTS: list[object] = [1, "ContactGroup", [], True]
NO_TYPES: list[object] = [
    *(None, 1, ["ContactGroup"], {}, "", "contactgroup", "Nothing"),
    *("Query", "ContactGroupPage", "_Service", "ID"),
]
NO_IDS: list[object] = [None, True, 1.5, 5514124.0, [], ["5514124"], {}, {"id": "5514124"}]
WRONG_IDS = ["", "0", 0, -1, "-1", "01", " 1", "1.0", "x", "9223372036854775808", 2**63, "\u0661"]


@pytest.mark.parametrize(
    ("representation", "place", "message"),
    [
        *((each, "", NO_OBJECT) for each in NO_OBJECTS),
        *(({"__typename": each, "id": "1"}, ".__typename", NO_TYPE) for each in NO_TYPES),
        ({"id": "1"}, ".__typename", NO_TYPE),
        *((*refer(each), ".id", "Expected an ID.") for each in NO_IDS),
        ({"__typename": "ContactGroup"}, ".id", "Expected an ID."),
        *((*refer(each), ".id", NOT_AN_ID) for each in WRONG_IDS),
    ],
)
def test_what_refers_to_nothing(
    subgraph: Client, sandbox: Sandbox, representation: object, place: str, message: str
) -> None:
    """It is told where and why, and costs the others nothing."""
    reply = ask(subgraph, [*refer("5514124"), representation, *refer("5514129")])

    assert reply["data"] == {"_entities": [SUPPLIERS, None, SCHOOLS]}
    assert told(reply) == [
        (["_entities", 1], "INVALID_INPUT", (f"representations.1{place}", message))
    ]
    assert [request.query.count("id=") for request in sandbox.received] == [2]


def test_more_than_the_key(subgraph: Client) -> None:
    """What else a gateway knows of a group is no business of this subgraph."""
    more = {"name": "Another", "info": {}, "self": 1, "cls": [], "id_": None}

    assert ask(subgraph, [{**refer("5514124")[0], **more}]) == {"data": {"_entities": [SUPPLIERS]}}


@pytest.mark.parametrize("representations", [None, [None], "missing"])
def test_none_at_all(subgraph: Client, sandbox: Sandbox, representations: object) -> None:
    """Null is refused before anything runs, as everywhere."""
    variables = {} if representations == "missing" else {"representations": representations}

    response = subgraph.post(ENTITIES, variables)

    codes = [error["extensions"]["code"] for error in response.json()["errors"]]
    assert (response.status_code, codes, [*sandbox.received]) == (422, ["BAD_USER_INPUT"], [])


def test_too_many(subgraph: Client, sandbox: Sandbox) -> None:
    """Of more than 300, none is read."""
    reply = ask(subgraph, refer(*range(1, 302)))

    assert (reply["data"], told(reply), [*sandbox.received]) == (
        None,
        [(["_entities"], "INVALID_INPUT", ("representations", "Expected at most 300."))],
        [],
    )


def test_too_many_together(subgraph: Client, sandbox: Sandbox) -> None:
    """They count among the objects that one request may ask for."""
    names = " ".join(
        f"a{i}: _entities(representations: $r) {{ ... on ContactGroup {{ name }} }}"
        for i in range(7)
    )

    response = subgraph.post(f"query ($r: [_Any!]!) {{ {names} }}", {"r": refer(*range(1, 301))})

    messages = [error["message"] for error in response.json()["errors"]]
    assert (response.status_code, messages, [*sandbox.received]) == (
        422,
        ["Expected at most 2000 objects in one request, and 2100 are asked for."],
        [],
    )


def test_without_the_scope(subgraph_url: str, sandbox: Sandbox, issue_token: IssueToken) -> None:
    """Nothing is read; each says what is missing."""
    client = Client(subgraph_url, issue_token("contacts:write"))
    with client.http:
        response = client.post(ENTITIES, {"representations": refer("5514124", "5514129")})

    errors = response.json()["errors"]
    assert (response.json()["data"], [*sandbox.received]) == ({"_entities": [None, None]}, [])
    assert [(each["path"], each["extensions"]["requiredScope"]) for each in errors] == [
        (["_entities", 0], "contacts:read"),
        (["_entities", 1], "contacts:read"),
    ]
    assert response.headers["graphql-result-types"] == "_entities=PermissionDeniedError"


def test_of_another_customer(subgraph: Client, sandbox: Sandbox) -> None:
    """A token that does not name the customer reads nothing of it."""
    subgraph.customer = "7310"

    reply = ask(subgraph, refer("6620411"))

    assert (reply["data"], told(reply), [*sandbox.received]) == (
        {"_entities": [None]},
        [(["_entities", 0], "PERMISSION_DENIED")],
        [],
    )


def test_where_the_upstream_fails(scripted_subgraph: Client, scripted: ScriptedUpstream) -> None:
    """Each that was to be read says so; there was one call."""
    scripted.answers(reply(400, '{"title": "Broken"}'))

    answer = ask(scripted_subgraph, [*refer("1", "2"), {}])

    assert answer["data"] == {"_entities": [None, None, None]}
    assert [error[:2] for error in told(answer)] == [
        (["_entities", 0], "REQUEST_REJECTED"),
        (["_entities", 1], "REQUEST_REJECTED"),
        (["_entities", 2], "INVALID_INPUT"),
    ]
    assert len(scripted.received) == 1


def test_what_a_gateway_is_told_of_results(subgraph: Client) -> None:
    """The header names what they came to, each once."""
    references = [*refer("5514124", "404", "5514129"), {}]

    response = subgraph.post(ENTITIES, {"representations": references})

    assert response.headers["graphql-result-types"] == (
        "_entities=ContactGroup, _entities=null, _entities=InvalidInputError"
    )


def test_the_mutation(subgraph: Client) -> None:
    """It is what it is without other subgraphs."""
    result = subgraph.rename("422", {"name": "New"})

    assert result["__typename"] == "InvalidInputError"
