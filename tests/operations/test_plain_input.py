"""What variables are coerced to is what graphql-core coerces them to, value by value."""

from typing import Any, cast

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLScalarType,
    build_schema,
    coerce_input_value,
    parse_type,
    type_from_ast,
)

from contact_gateway.operations.plain_input import coercion_to

SCHEMA = build_schema(
    """
    scalar Failing
    enum Colour { RED GREEN }
    input Inner { a: Int! b: String = "b" }
    input Outer {
      id: ID!
      count: Int! = 7
      text: String
      colour: Colour = RED
      inner: Inner
      inners: [Inner!]
      self: Outer
      failing: Failing
      ratio: Float
    }
    input Either @oneOf { a: Int b: String }
    type Query { a(outer: Outer, either: Either): Int }
    """
)


def _fail(value: object) -> object:
    raise ZeroDivisionError(value)


cast("GraphQLScalarType", SCHEMA.type_map["Failing"]).coerce_input_value = _fail
INNER = cast("GraphQLInputObjectType", SCHEMA.type_map["Inner"])
INNER.fields["a"].out_name = "renamed"
INNER.out_type = lambda value: ("made", value)  # type: ignore[method-assign]

TYPES = ["ID", "ID!", "Int", "String!", "Boolean", "Float!", "Colour", "Failing", "Failing!"]
TYPES += [f"[{name}]" for name in ("ID", "Int!", "Inner")]
TYPES += ["Inner", "Inner!", "Outer", "Outer!", "[Outer!]!", "Either", "Either!"]

VALUES: list[Any] = [None, True, 0, 1, 2**31, 1.0, 1.5, "", "1", "RED", "BLUE", "\ud800", [], {}]
VALUES += [["1"], [1, None], [None], [[1]], {"a": 1}, {"a": None}, {"a": "1"}, {"b": "x"}]
VALUES += [{"a": 1, "b": None}, {"a": 1, "b": "x"}, {"a": 1, "c": 2}, [{"a": 1}], [{"b": "x"}]]
MORE: list[dict[Any, Any]] = [
    {},
    {"id": None},
    {"id": 7},
    {"id": []},
    {"count": None},
    {"count": 8},
    {"count": "8"},
    {"text": 1},
    {"text": None},
    {"colour": "GREEN"},
    {"colour": "BLUE"},
    {"colour": None},
    {"inner": {"a": 1}},
    {"inner": {}},
    {"inner": None},
    {"inners": [{"a": 1}, {"a": 2, "b": "x"}]},
    {"inners": {"a": 1}},
    {"inners": [None]},
    {"self": {"id": "2", "self": {"id": "3"}}},
    {"self": {"id": "2", "self": {}}},
    {"failing": None},
    {"failing": 1},
    {"more": 1},
    {1: 1},
]
VALUES += [{"id": "1", **more} for more in MORE]


@pytest.mark.parametrize("name", TYPES)
def test_values(name: str) -> None:
    """Each comes to the same, and so does one that is not of the type."""
    input_type = cast("GraphQLInputType", type_from_ast(SCHEMA, parse_type(name)))
    coerce = coercion_to(input_type)

    ours = [repr(coerce(value)) for value in VALUES]

    assert ours == [repr(coerce_input_value(value, input_type)) for value in VALUES]
