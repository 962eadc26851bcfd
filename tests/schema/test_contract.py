"""The public schema: what is committed, what is printed and what was agreed are the same."""

import re
from dataclasses import fields
from pathlib import Path
from typing import cast

import pytest
from graphql import build_schema, lexicographic_sort_schema, parse, print_schema, visit
from graphql.language import Node, Visitor
from strawberry.types import get_object_definition
from strawberry.types.arguments import InputContext

from contact_gateway.schema import print_sdl
from contact_gateway.schema.contact_groups import UpdateContactGroupInput

ROOT = Path(__file__).parents[2]
CONTRACT = (Path(__file__).parent / "contract.graphql").read_text(encoding="utf-8")


class Descriptions(Visitor):
    """Collects the coordinates of what is described, such as `Type.field`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._names: list[str] = []

    def enter(self, node: Node, *_: object) -> None:
        """Visit one node."""
        name = getattr(getattr(node, "name", None), "value", "")
        self._names.append(name)
        if getattr(node, "description", None) is not None:
            self.found.add(".".join(filter(None, self._names)))

    def leave(self, *_: object) -> None:
        """Leave one node."""
        self._names.pop()


def bare(sdl: str) -> str:
    """A schema in one form, whatever the order of its parts, without descriptions."""
    text = print_schema(lexicographic_sort_schema(build_schema(sdl)))
    without_descriptions = re.sub(r'^ *""".*?"""$', "", text, flags=re.MULTILINE | re.DOTALL)
    return "\n".join(line for line in without_descriptions.splitlines() if line)


def described(sdl: str) -> set[str]:
    """The coordinates of all that has a description."""
    visitor = Descriptions()
    visit(parse(sdl), visitor)
    return visitor.found


def test_schema_file() -> None:
    """schema.graphql is what the code prints."""
    written = (ROOT / "schema.graphql").read_text(encoding="utf-8")

    assert written == print_sdl(), "schema.graphql is out of date; mend it with: make schema"


def test_contract() -> None:
    """Names, nullability, arguments and defaults, values, members and interfaces are as agreed."""
    assert bare(print_sdl()) == bare(CONTRACT)


def test_contract_is_described() -> None:
    """Whatever the contract explains, the schema explains too."""
    assert described(CONTRACT) - described(print_sdl()) == set()


@pytest.mark.parametrize(
    ("text", "replacement"),
    [
        ("contactGroup(id: ID!): ContactGroup\n", "contactGroup(id: ID!): ContactGroup!\n"),
        ("page: Int! = 1\n", "page: Int! = 0\n"),
        ("pageSize: Int! = 50", "pageSize: Int = 50"),
        ("  RATE_LIMITED\n", "  RATE_LIMIT\n"),
        ("  | UnexpectedProblemError\n", ""),
        ("RateLimitedError implements MutationError", "RateLimitedError"),
    ],
)
def test_departure_from_the_contract(text: str, replacement: str) -> None:
    """The comparison itself misses no such change."""
    assert CONTRACT.count(text) == 1

    assert bare(CONTRACT.replace(text, replacement)) != bare(CONTRACT)


def test_fields_that_can_be_updated() -> None:
    """Those of the input are those that are read from it: none that a request gives is lost."""
    given = {field.name: f"new {field.name}" for field in fields(UpdateContactGroupInput)}
    read = get_object_definition(UpdateContactGroupInput, strict=True).from_input

    assert read is not None
    update = read(UpdateContactGroupInput, given, cast("InputContext", None))
    assert {name: some.value for name, some in vars(update).items()} == given
