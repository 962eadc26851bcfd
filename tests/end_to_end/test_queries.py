"""The two queries over real sockets: groups by id in one upstream call, pages and filters."""

from typing import Any

import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.scripted_upstream import ScriptedUpstream, reply

PAGE = """\
query($filter: ContactGroupFilter, $order: SortDirection! = ASCENDING,
      $page: Int! = 1, $pageSize: Int! = 50) {
  contactGroups(filter: $filter, orderByName: $order, page: $page, pageSize: $pageSize) {
    items { id name } pageNumber pageSize itemCount hasNextPage
  }
}
"""
ONE = "query($id: ID!) { contactGroup(id: $id) { id name } }"
JSON = {"Content_Type": "application/json"}
SUPPLIERS = {"id": "5514124", "name": "Suppliers"}
SCHOOLS = {"id": "5514129", "name": "Schools and colleges"}
SUBCONTRACTORS = {"id": "5514125", "name": "Subcontractors"}


@pytest.fixture(autouse=True)
def _sample_data(sandbox: Sandbox) -> None:
    sandbox.store.reset()


def page(client: Client, **variables: Any) -> Any:
    """Ask for one page of groups."""
    return client.post(PAGE, variables).json()["data"]["contactGroups"]


def test_one_group(client: Client) -> None:
    """A group is read by its id."""
    response = client.post(ONE, {"id": "5514124"})

    assert (response.status_code, response.json()) == (200, {"data": {"contactGroup": SUPPLIERS}})


@pytest.mark.parametrize("contact_group_id", ["404", "6620411", "9223372036854775807"])
def test_no_such_group(client: Client, contact_group_id: str) -> None:
    """A group that the customer does not have is null, and no error."""
    response = client.post(ONE, {"id": contact_group_id})

    assert (response.status_code, response.json()) == (200, {"data": {"contactGroup": None}})


def test_several_groups(client: Client, sandbox: Sandbox) -> None:
    """All groups of one document are read in one upstream request, each id once."""
    response = client.post("""{
      a: contactGroup(id: "5514124") { id name }
      b: contactGroup(id: "5514129") { id name }
      missing: contactGroup(id: "404") { id }
      again: contactGroup(id: 5514124) { name id }
    }""")

    assert response.json() == {
        "data": {"a": SUPPLIERS, "b": SCHOOLS, "missing": None, "again": SUPPLIERS}
    }
    assert [request.query for request in sandbox.received] == [
        "id=5514124&id=5514129&id=404&sortBy=name&direction=ascending&pageNumber=1&pageSize=3"
    ]


def test_pages(client: Client) -> None:
    """Pages follow each other in the order asked for; a full one says that another may follow."""
    wanted = {"filter": {"namePrefix": "S"}, "pageSize": 2}

    first, second = (page(client, **wanted, page=number) for number in (1, 2))

    # "Scenario …" groups come before "Schools"; the sandbox has 13 of them
    assert (first["itemCount"], first["hasNextPage"], first["pageNumber"]) == (2, True, 1)
    assert (second["itemCount"], second["hasNextPage"], second["pageNumber"]) == (2, True, 2)
    assert not {item["id"] for item in first["items"]} & {item["id"] for item in second["items"]}


def test_last_page(client: Client) -> None:
    """A page that is not full is the last."""
    assert page(client, filter={"namePrefix": "Su"}, pageSize=3) == {
        "items": [SUBCONTRACTORS, SUPPLIERS],
        "pageNumber": 1,
        "pageSize": 3,
        "itemCount": 2,
        "hasNextPage": False,
    }


def test_page_behind_the_last(client: Client) -> None:
    """There is nothing on it, and nothing after it."""
    assert page(client, page=2_147_483, pageSize=1000) == {
        "items": [],
        "pageNumber": 2_147_483,
        "pageSize": 1000,
        "itemCount": 0,
        "hasNextPage": False,
    }


def test_descending(client: Client) -> None:
    """The order can be turned round."""
    found = page(client, filter={"namePrefix": "Su"}, order="DESCENDING")

    assert found["items"] == [SUPPLIERS, SUBCONTRACTORS]


def test_ids_and_prefix(client: Client) -> None:
    """Filters are met together."""
    found = page(client, filter={"ids": ["5514129", "5514124", 5514124], "namePrefix": "Suppliers"})

    assert found["items"] == [SUPPLIERS]


def test_prefix_with_signs_of_a_url(client: Client, sandbox: Sandbox) -> None:
    """A prefix is text, whatever it means in a URL."""
    name = "A+b&id=1#c %20 é"
    sandbox.store.rename(5690, 5514130, name)

    assert page(client, filter={"namePrefix": name[:-1]})["items"] == [
        {"id": "5514130", "name": name}
    ]


@pytest.mark.parametrize(
    "filter", [None, {}, {"ids": None, "namePrefix": None}, {"namePrefix": ""}]
)
def test_no_filter(client: Client, sandbox: Sandbox, filter: dict[str, None] | None) -> None:
    """What is left out, null or empty filters nothing, and is not sent."""
    page(client, filter=filter, pageSize=1)

    assert [request.query for request in sandbox.received] == [
        "sortBy=name&direction=ascending&pageNumber=1&pageSize=1"
    ]


def test_no_ids(client: Client, sandbox: Sandbox) -> None:
    """None of no ids is known without asking: an empty list must not mean all."""
    found = page(client, filter={"ids": []}, page=3, pageSize=7)

    assert found == {
        "items": [],
        "pageNumber": 3,
        "pageSize": 7,
        "itemCount": 0,
        "hasNextPage": False,
    }
    assert not sandbox.received


def test_upstream_that_caps_its_pages(healthy_client: Client, scripted: ScriptedUpstream) -> None:
    """Whether another page may follow is judged by the page size that the upstream names."""
    body = '{"items": [{"id": 1, "name": "a"}], "pageNumber": 1, "pageSize": 1}'
    scripted.answers(reply(200, body, **JSON))

    assert page(healthy_client, pageSize=500) == {
        "items": [{"id": "1", "name": "a"}],
        "pageNumber": 1,
        "pageSize": 1,
        "itemCount": 1,
        "hasNextPage": True,
    }


def test_upstream_that_ignores_the_filter(
    healthy_client: Client, scripted: ScriptedUpstream
) -> None:
    """A group that was not asked for is never taken for the one that was."""
    scripted.answers(reply(200, '{"items": [{"id": 2, "name": "b"}]}', **JSON))

    assert healthy_client.post(ONE, {"id": "1"}).json() == {"data": {"contactGroup": None}}
