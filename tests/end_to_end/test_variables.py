"""Variables that do not fit where they stand: refused before anything is sent upstream."""

import json
from typing import Any

import httpx
import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import RENAME, Client


def null(argument: str, kind: str, place: str = "", variable: str = "v") -> str:
    """The message about a null in an argument."""
    return (
        f"Argument '{argument}' has invalid value{place}: Expected variable '${variable}' provided "
        f"to non-null type '{kind}' not to be None."
    )


REFUSED: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "an id": (
        'mutation($v: ID = 1) { a: WRITE { TYPE } b: UPDATE(id: $v, input: {name: "B"}) { TYPE } }',
        {"v": None},
        [null("id", "ID!")],
    ),
    "an input": (
        """mutation($v: UpdateContactGroupInput = {name: "B"}) {
          a: WRITE { TYPE } b: UPDATE(id: 1, input: $v) { TYPE }
        }""",
        {"v": None},
        [null("input", "UpdateContactGroupInput!")],
    ),
    "both": (
        """mutation($v: ID = 1, $w: UpdateContactGroupInput = {name: "B"}) {
          a: WRITE { TYPE } b: UPDATE(id: $v, input: {}) { TYPE }
          c: UPDATE(id: 1, input: $w) { TYPE }
        }""",
        {"v": None, "w": None},
        [null("id", "ID!"), null("input", "UpdateContactGroupInput!", variable="w")],
    ),
    "one fault in two places": (
        """mutation($v: ID = 1) {
          a: WRITE { TYPE } b: UPDATE(id: $v, input: {}) { TYPE }
          c: UPDATE(id: $v, input: {}) { TYPE }
        }""",
        {"v": None},
        [null("id", "ID!")],
    ),
    "an alias that is skipped": (
        "mutation($v: Boolean = true) { a: WRITE { TYPE } b: WRITE @skip(if: $v) { TYPE } }",
        {"v": None},
        [null("if", "Boolean!")],
    ),
    "a fragment that is included": (
        """mutation($v: Boolean = true) { a: WRITE { TYPE } ...B @include(if: $v) }
        fragment B on Mutation { b: WRITE { TYPE } }""",
        {"v": None},
        [null("if", "Boolean!")],
    ),
    "an id in a fragment": (
        """mutation($v: ID = 1) { a: WRITE { TYPE } ...B }
        fragment B on Mutation { ... { b: UPDATE(id: $v, input: {}) { TYPE } } }""",
        {"v": None},
        [null("id", "ID!")],
    ),
    "a field of a member that it may not come to": (
        """mutation($v: Boolean = false) {
          a: WRITE { ... on RateLimitedError { retryAfterSeconds @skip(if: $v) } }
        }""",
        {"v": None},
        [null("if", "Boolean!")],
    ),
    "the page": (
        "query($v: Int) { contactGroups(page: $v) { pageNumber } }",
        {"v": None},
        [null("page", "Int!")],
    ),
    "a default of null": (
        "query($v: Int = null) { contactGroups(pageSize: $v) { pageNumber } }",
        {},
        [null("pageSize", "Int!")],
    ),
    "an enum": (
        "query($v: SortDirection) { contactGroups(orderByName: $v) { pageNumber } }",
        {"v": None},
        [null("orderByName", "SortDirection!")],
    ),
    "an item of a list within an object": (
        'query($v: ID = "1") { contactGroups(filter: {ids: ["5514123", $v]}) { pageNumber } }',
        {"v": None},
        [null("filter", "ID!", " at .ids[1]")],
    ),
    "a field of an item": (
        "query($v: Boolean = true) { contactGroups { items { id @include(if: $v) name } } }",
        {"v": None},
        [null("if", "Boolean!")],
    ),
}


def written_out(document: str) -> str:
    """A document without abbreviations."""
    document = document.replace("WRITE", 'UPDATE(id: "5514126", input: {name: "Written"})')
    return document.replace("UPDATE", "updateContactGroup").replace("TYPE", "__typename")


def told(response: httpx.Response) -> list[Any]:
    """What a refusal says: status, whether anything was executed, code and message of each."""
    body = response.json()
    errors = [(error["extensions"]["code"], error["message"]) for error in body["errors"]]
    return [response.status_code, "data" in body, *errors]


@pytest.mark.parametrize(("document", "variables", "messages"), REFUSED.values(), ids=REFUSED)
def test_a_null_where_none_may_be(
    client: Client,
    sandbox: Sandbox,
    document: str,
    variables: dict[str, Any],
    messages: list[str],
) -> None:
    """It names the variable, and nothing is sent, although the document is valid."""
    response = client.post(written_out(document), variables)

    assert [*told(response), *sandbox.received] == [
        422,
        False,
        *(("BAD_USER_INPUT", message) for message in messages),
    ]


@pytest.mark.parametrize(
    ("variables", "aliases"),
    [
        ({}, ["a", "b"]),
        ({"v": "5514127"}, ["a", "b"]),
        ({"v": None, "only": True}, ["a"]),
        ({"only": True}, ["a"]),
    ],
)
def test_a_null_that_nobody_meets(
    client: Client, sandbox: Sandbox, variables: dict[str, Any], aliases: list[str]
) -> None:
    """The default is used for what is left out, and a field that is left out reads no argument."""
    response = client.post(
        written_out(
            """mutation($v: ID = "5514127", $only: Boolean! = false) {
              a: WRITE { TYPE } b: UPDATE(id: $v, input: {name: "Too"}) @skip(if: $only) { TYPE }
            }"""
        ),
        variables,
    )

    success = {"__typename": "UpdateContactGroupSuccess"}
    assert (response.json(), len(sandbox.received)) == (
        {"data": dict.fromkeys(aliases, success)},
        len(aliases),
    )


LIST = "query($v: [ID!]) { contactGroups(filter: {ids: $v}) { itemCount } }"
FILTER = "query($v: ContactGroupFilter) { contactGroups(filter: $v) { itemCount } }"
ITEM = "query($v: ID!) { contactGroups(filter: {ids: [$v]}) { itemCount } }"
ONE = "query($v: ID!) { contactGroup(id: $v) { id } }"


@pytest.mark.parametrize(
    "number",
    ["9007199254740993.0", "1.0", "1e3", "1E400", "-0.0", "5514123.0e0", "1.5", "true", "false"],
)
@pytest.mark.parametrize(
    "given",
    [
        (RENAME.replace("$id", "$v"), "%s", ""),
        (ONE, "%s", ""),
        (ITEM, "%s", ""),
        (LIST, "%s", ""),
        (LIST, '["5514123", %s]', " at [1]"),
        (FILTER, '{"ids": %s}', " at .ids"),
        (FILTER, '{"ids": [%s]}', " at .ids[0]"),
    ],
    ids=["an update", "one", "in a literal", "for a list", "an item", "in an object", "deeper"],
)
def test_an_id_that_is_no_id(
    client: Client, sandbox: Sandbox, given: tuple[str, str, str], number: str
) -> None:
    """A number with a fraction or an exponent is none, whatever it comes to; nor is a boolean."""
    document, value, place = given
    variables = f'{{"v": {value % number}, "input": {{"name": "New"}}}}'
    body = f'{{"query": {json.dumps(document)}, "variables": {variables}}}'

    status, executed, (code, message) = told(client.send_body(body.encode()))

    begins = message.partition("ID cannot represent")[0]
    assert (status, executed, code, begins, list(sandbox.received)) == (
        422,
        False,
        "BAD_USER_INPUT",
        f"Variable '$v' has invalid value{place}: ",
        [],
    )


@pytest.mark.parametrize("number", [9007199254740993, 9223372036854775807, 1])
def test_an_id_that_is_an_integer(client: Client, sandbox: Sandbox, number: int) -> None:
    """It is one, to its last digit."""
    client.post(LIST, {"v": [number]})
    client.post(FILTER, {"v": {"ids": number}})

    assert [request.query for request in sandbox.received] == [
        f"id={number}&sortBy=name&direction=ascending&pageNumber=1&pageSize=50"
    ] * 2
