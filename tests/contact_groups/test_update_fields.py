"""`UPDATE_FIELDS` is the one place of what an update can change; everything else follows."""

from ast import literal_eval
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, execute, parse

from contact_gateway.contact_groups import build_schema
from contact_gateway.contact_groups.input_rules import UPDATE_FIELDS, InputField, InputRules
from contact_gateway.contact_groups.types import (
    ContactGroupType,
    UpdateContactGroupInput,
    UpdateContactGroupSuccess,
    read_by,
)
from contact_gateway.contact_groups.update_fields import InputFieldsError, require_update_fields
from contact_gateway.failures import InvalidArgumentsError, WriteOutcome
from contact_gateway.operations import executable, make_schema


def text(rules: InputRules, value: str, path: tuple[str, ...]) -> str:
    """The rule of a name."""
    return rules.text(value, *path)


NAME = InputField("name", "name", "name", text)
SHORT_NAME = InputField("short_name", "shortName", "ShortName", text)
BOTH = (NAME, SHORT_NAME)


def test_the_one_place() -> None:
    """What it knows is what every other place knows; where not, this says which place that is."""
    require_update_fields(build_schema(), UPDATE_FIELDS)


@pytest.mark.parametrize(
    "known",
    [
        (),
        BOTH,
        (InputField("title", "name", "name", text),),
        (InputField("name", "title", "name", text),),
    ],
    ids=["one removed", "one too many", "another attribute", "another name in GraphQL"],
)
def test_a_field_that_is_not_known_everywhere(known: tuple[InputField, ...]) -> None:
    """The gateway does not start, and is told each place where a field is expected."""
    schema = build_schema()

    with pytest.raises(InputFieldsError) as raised:
        require_update_fields(schema, known)

    places = (
        "contact_groups/input_rules.py, UPDATE_FIELDS",
        "contact_groups/types.py, UpdateContactGroupInput",
        "contact_groups/types.py, ContactGroupType",
        "contact_groups/model.py, ContactGroup",
        "contact_groups/rest.py",
        "sandbox/inputs.py, new_name",
    )
    assert [place for place in places if place not in str(raised.value)] == []


@strawberry.input
class TwoNames(UpdateContactGroupInput):
    """An update of one field more, whose name has two words."""

    short_name: strawberry.Maybe[str | None]


read_by(TwoNames, BOTH)


@strawberry.type
class Query:
    """Says what an update comes to."""

    @strawberry.field
    def update(self, input: TwoNames) -> str:
        """The changes, or the faults."""
        try:
            with InputRules() as rules:
                changes = rules.changes(input.given, {field.name: field for field in BOTH})
        except InvalidArgumentsError as error:
            return repr([*error.field_errors])
        return repr(dict(changes))


@strawberry.type
class Mutation:
    """A schema has to have one."""

    nothing: str = ""


def asked(document: str, **variables: Any) -> str:
    """What the document comes to."""
    schema = executable(make_schema(Query, Mutation))
    result = execute(schema, parse(document), variable_values=variables)
    assert isinstance(result, ExecutionResult)
    assert result.data is not None, result.errors
    update: str = result.data["update"]
    return update


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('{shortName: "A"}', {"short_name": "A"}),
        ('{name: "A", shortName: "B"}', {"name": "A", "short_name": "B"}),
        ("{shortName: null}", [("input", "shortName")]),
        ('{name: "\\u0000", shortName: "\\u0000"}', [("input", "name"), ("input", "shortName")]),
        ("{}", [("input",)]),
    ],
)
def test_a_name_of_two_words(given: str, expected: object) -> None:
    """It is read from a document by the one, checked, and named in its fault by the other."""
    assert literal_eval(asked(f"{{update(input: {given})}}")) == expected


def test_a_name_of_two_words_in_a_variable() -> None:
    """A variable is read as a literal is."""
    document = "query($input: TwoNames!) {update(input: $input)}"

    assert literal_eval(asked(document, input={"shortName": "A"})) == {"short_name": "A"}


def test_a_field_that_nobody_knows() -> None:
    """It is refused, and not left out."""
    with pytest.raises(InvalidArgumentsError) as raised, InputRules() as rules:
        rules.changes({"name": "A", "colour": "red"})

    assert [*raised.value.field_errors] == [("input", "colour")]


@pytest.mark.parametrize(
    ("changes", "made", "group", "outcome"),
    [
        ({"name": "A"}, True, ContactGroupType(id=strawberry.ID("1"), name="A"), "APPLIED"),
        ({"name": "A"}, False, None, "ACCEPTED"),
        ({"colour": "red"}, True, None, "APPLIED"),
        ({"name": "A", "colour": "red"}, True, None, "APPLIED"),
        ({}, True, None, "APPLIED"),
    ],
)
def test_the_group_after_a_change(
    changes: dict[str, str], *, made: bool, group: ContactGroupType | None, outcome: str
) -> None:
    """It is told where the changes are all that there is to tell; what was made is told always."""
    success = UpdateContactGroupSuccess.of(1, changes, made=made)

    assert success == UpdateContactGroupSuccess(contact_group=group, outcome=WriteOutcome[outcome])
