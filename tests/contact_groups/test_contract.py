"""The public schema: what is committed, what is printed and what was agreed are the same."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLSchema,
    build_ast_schema,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
    lexicographic_sort_schema,
    parse,
    print_schema,
    visit,
)
from graphql.language import Node, Visitor

from contact_gateway.contact_groups import print_sdl

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


class WithoutDescriptions(Visitor):
    """Takes the descriptions away."""

    def enter(self, node: Node, *_: object) -> Node | None:
        """Visit one node, and the same without its description."""
        described = getattr(node, "description", None) is not None
        return replace(node, description=None) if described else None  # type: ignore[call-arg]


def bare(sdl: str) -> str:
    """A schema in one form, whatever the order of its parts, without descriptions."""
    document = parse(sdl, no_location=True)
    bared = visit(document, WithoutDescriptions())
    return print_schema(lexicographic_sort_schema(build_ast_schema(bared)))


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


def test_everything_is_described() -> None:
    """Every type, field, argument and enum value says what it is; no client has to guess."""
    undescribed = [
        coordinate
        for coordinate, element in coordinates(build_schema(print_sdl()))
        if not element.description
    ]

    assert undescribed == []


def coordinates(schema: GraphQLSchema) -> Iterator[tuple[str, Any]]:
    """All that can have a description, by its coordinate."""
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        yield name, kind
        parts = getattr(kind, "fields", None) or getattr(kind, "values", None) or {}
        for part, element in parts.items():
            yield f"{name}.{part}", element
            for argument, of_field in (getattr(element, "args", None) or {}).items():
                yield f"{name}.{part}({argument}:)", of_field
