"""What errors tell of a schema that cannot be introspected: nothing that the client did not say."""

import re
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, is_specified_directive, is_specified_scalar_type

from contact_gateway.operations import Disclosure, DocumentReader, Refusal
from tests.client import Client
from tests.cpu_time import COSTLIEST, least_cpu_time

# For nearly every rule of graphql-core a document that breaks it, with what is said of it
REFUSED = {
    "{names}": "Cannot query field 'names' on type 'Query'.",
    "{contactGroup(id: 1) {names}}": "Cannot query field 'names' on type '…'.",
    "{contactGroups {pageNumbers}}": "Cannot query field 'pageNumbers' on type '…'.",
    "{contactGroup(id: 1)}": "Field 'contactGroup' of type '…' must have a selection of subfields.",
    "{contactGroups {items}}": "Field 'items' of type '[…!]!' must have a selection of subfields.",
    "{contactGroup(id: 1) {name {x}}}": (
        "Field 'name' must not have a selection since type 'String!' has no subfields."
    ),
    "{contactGroup {__typename}}": (
        "Argument 'Query.contactGroup(…:)' of type 'ID!' is required, but it was not provided."
    ),
    "{contactGroups(pages: 1) {__typename}}": (
        "Unknown argument 'pages' on field 'Query.contactGroups'."
    ),
    "{contactGroups(orderByName: ASC) {__typename}}": "Value 'ASC' does not exist in '…' enum.",
    '{contactGroups(orderByName: "x") {__typename}}': (
        "Enum '…' cannot represent non-enum value: \"x\"."
    ),
    "{contactGroups(orderByName: null) {__typename}}": (
        "Expected value of non-null type '…!' not to be None."
    ),
    "{contactGroups(filter: {id: 1}) {__typename}}": (
        "Expected value of type '…' not to include unknown field 'id', found: { id: 1 }."
    ),
    "{contactGroups(filter: 1) {itemCount}}": (
        "Expected value of type '…' to be an object, found: 1."
    ),
    "{contactGroups(page: 99999999999) {__typename}}": (
        "Int cannot represent non 32-bit signed integer value: 99999999999"
    ),
    "{contactGroups(page: " + "9" * 5_000 + ") {__typename}}": "Expected value of type 'Int'",
    "mutation {updateContactGroup(id: 1) {__typename}}": (
        "Argument 'Mutation.updateContactGroup(…:)' of type '…!' is required, but it was not "
        "provided."
    ),
    "mutation {updateContactGroup(id: 1, input: {}) {id}}": (
        "Cannot query field 'id' on type '…'."
    ),
    "mutation {updateContactGroup(id: 1, input: {}) {... on ContactGroup {id}}}": (
        "Fragment cannot be spread here as objects of type '…' can never be of type 'ContactGroup'."
    ),
    "query ($f: ContactGroupFilte) {contactGroups(filter: $f) {__typename}}": (
        "Unknown type 'ContactGroupFilte'."
    ),
    "query ($f: Int) {contactGroups(filter: $f) {__typename}}": (
        "Variable '$f' of type 'Int' used in position expecting type '…'."
    ),
    "query ($f: ContactGroup) {contactGroups(filter: $f) {__typename}}": (
        "Variable '$f' cannot be non-input type 'ContactGroup'."
    ),
    "{contactGroups {... on Grou {id}}}": "Unknown type 'Grou'.",
    "{contactGroup(id: 1) {id @oneO}}": "Unknown directive '@oneO'.",
    "{contactGroup(id: 1) {id @skip(i: true)}}": "Unknown argument 'i' on directive '@skip'.",
    "{contactGroup(id: 1) {a: id a: name}}": (
        "Fields 'a' conflict because 'id' and 'name' are different fields. Use different aliases "
        "on the fields to fetch both if this was intentional."
    ),
    "{__schema {types {name}}}": (
        "GraphQL introspection has been disabled, but the requested query contained the field "
        "'__schema'."
    ),
    '{__type(name: "Query") {name}}': (
        "GraphQL introspection has been disabled, but the requested query contained the field "
        "'__type'."
    ),
    "{a ..b}": "Syntax Error: Unexpected '..'",
    "{...Nothing}": "Unknown fragment 'Nothing'.",
    "type Query {a: Int}": "The 'Query' definition is not executable.",
}


def schema_names(schema: GraphQLSchema) -> set[str]:
    """Every name that only this schema has."""
    names = {"contactGroup", "contactGroups", "updateContactGroup"}
    for name, kind in schema.type_map.items():
        if not name.startswith("__") and not is_specified_scalar_type(kind):
            names |= {name, *getattr(kind, "fields", {}), *getattr(kind, "values", {})}
    assert all(is_specified_directive(directive) for directive in schema.directives)
    return names - {"Query", "Mutation", "type", "message"}  # words of graphql-core's too


@pytest.mark.parametrize(("text", "message"), REFUSED.items(), ids=range(len(REFUSED)))
def test_messages(reader: DocumentReader, schema: GraphQLSchema, text: str, message: str) -> None:
    """No message has a name of the schema that is not in the document, and none suggests one."""
    outcome = reader.read(text)
    assert isinstance(outcome, Refusal)
    told = [error.message for error in outcome.errors]

    words = {word for line in told for word in re.findall(r"\w+", line)}
    assert message in told or told[0].startswith(message)
    assert words & schema_names(schema) <= set(re.findall(r"\w+", text))
    assert not [line for line in told if "did you mean" in line.lower()]


RENAME = """\
mutation ($i: ID!, $u: UpdateContactGroupInput!) {
  updateContactGroup(id: $i, input: $u) {__typename}
}"""
LIST = "query ($o: SortDirection!, $f: ContactGroupFilter) {contactGroups(orderByName: $o, filter: $f) {__typename}}"  # noqa: E501


@pytest.mark.parametrize(
    ("document", "variables", "messages"),
    [
        (RENAME, {"i": 1, "u": {"names": "x"}}, [
            ("Variable '$u' has invalid value: Expected value of type 'UpdateContactGroupInput' "
            "not to include unknown field 'names', found: {'names': 'x'}.")]),
        (RENAME, {"i": [], "u": 3}, [
            "Variable '$i' has invalid value: ID cannot represent value: []",
            ("Variable '$u' has invalid value: Expected value of type 'UpdateContactGroupInput' to "
            "be an object, found: 3.")]),
        (RENAME, {"i": 1, "u": {"name": {"x": "it's '"}}}, [
            ("Variable '$u' has invalid value at .name: String cannot represent a non string "
            "value: {'x': \"it's '\"}")]),
        (LIST, {"o": "ASC", "f": {"ids": [[]]}}, [
            "Variable '$o' has invalid value: Value 'ASC' does not exist in 'SortDirection' enum.",
            "Variable '$f' has invalid value at .ids[0]: ID cannot represent value: []"]),
        (LIST, {}, [
            ("Variable '$o' has invalid value: Expected a value of non-null type 'SortDirection!' "
            "to be provided.")]),
    ],
    ids=["an unknown field", "wrong types", "a field", "an enum", "missing"],
)  # fmt: skip
def test_messages_on_variables(
    client: Client, document: str, variables: dict[str, Any], messages: list[str]
) -> None:
    """Variables are spoken of in the client's own words, and nothing is suggested."""
    response = client.post(document, variables)

    assert (response.status_code, [error["message"] for error in response.json()["errors"]]) == (
        422,
        messages,
    )


def test_quotes_of_the_client(reader: DocumentReader) -> None:
    """A quote in what the client sent cannot make the name after it pass for unquoted."""
    outcome = reader.read("""{contactGroups(filter: {x: "'"}, orderByName: "'") {__typename}}""")

    assert isinstance(outcome, Refusal)
    assert [error.message for error in outcome.errors] == [
        """Expected value of type '…' not to include unknown field 'x', found: { x: "'" }.""",
        """Enum '…' cannot represent non-enum value: "'".""",
    ]


def test_a_directive_of_the_schema() -> None:
    """The directives that a schema adds are its own names too, and so are their arguments."""
    schema = build_schema("directive @internal(secret: Int) on FIELD type Query {a: Int}")
    disclosure = Disclosure(schema, full=False)

    told = disclosure.reword("'@internal(secret:)' and '@skip(if:)'", frozenset())

    assert told == "'@…(…:)' and '@skip(if:)'"


def test_messages_with_introspection(introspecting_reader: DocumentReader) -> None:
    """Who may introspect is helped."""
    outcome = introspecting_reader.read("{contactGroups {pageNumbers}}")

    assert isinstance(outcome, Refusal)
    assert outcome.errors[0].message == (
        "Cannot query field 'pageNumbers' on type 'ContactGroupPage'. Did you mean 'pageNumber'?"
    )


def test_the_name_of_a_type(client: Client) -> None:
    """`__typename` is no introspection of the schema: clients cannot do without it."""
    response = client.post("{__typename}")

    assert response.json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("filling", [" ", ",", ", did you mean", "'", "' ", "\n"])
def test_a_message_that_quotes_much(schema: GraphQLSchema, filling: str) -> None:
    """It is reworded in a time that grows with its length, and not with the square of it."""
    disclosure = Disclosure(schema, full=False)
    message = "Expected 'Int', found: x" + filling * (60_000 // len(filling)) + "x"

    cost = least_cpu_time(
        lambda: disclosure.reword(message, frozenset()), times=40, enough=COSTLIEST
    )

    assert cost < COSTLIEST
