"""What variables can make fail is found out before anything runs, on any schema."""

from typing import Any, cast

import pytest
from graphql import (
    GraphQLScalarType,
    GraphQLSchema,
    ValueNode,
    build_schema,
    get_introspection_query,
    value_from_ast_untyped,
)

from contact_gateway.operations import Disclosure, DocumentReader, ValidDocument
from contact_gateway.operations.foresight import Doubts


def _read_any(node: ValueNode) -> Any:
    """The value of a literal, in which no text may be "bad"."""
    value = value_from_ast_untyped(node)
    if "bad" in str(value):
        raise ValueError("bad")
    return value


def _schema() -> GraphQLSchema:
    schema = build_schema(
        """
        scalar Any
        input Inner { count: Int! = 3 text: String inner: Inner inners: [Inner!] }
        type Thing { name: String things(first: Int! = 1): [Thing] }
        type Other { size(scale: Int!): Int }
        union Either = Thing | Other
        type Query { thing(any: Any, inner: Inner, numbers: [Int!]): Thing either: Either }
        """
    )
    cast("GraphQLScalarType", schema.type_map["Any"]).coerce_input_literal = _read_any
    return schema


SCHEMA = _schema()
READER = DocumentReader(SCHEMA, Disclosure(SCHEMA, full=True), introspection=True)


def read(text: str) -> ValidDocument:
    """A document that the schema allows."""
    document = READER.read(text)
    assert isinstance(document, ValidDocument), document
    return document


def refusals(text: str, values: dict[str, Any], name: str | None = None) -> list[str]:
    """Why the values are refused; nothing where the operation may run."""
    coerced = read(text).operations[name].coerce(values, hide_suggestions=True)
    return [error.message for error in coerced] if isinstance(coerced, list) else []


def null(argument: str, kind: str, place: str = "") -> str:
    """The message about a null for `$v`."""
    return (
        f"Argument '{argument}' has invalid value{place}: Expected variable '$v' provided "
        f"to non-null type '{kind}' not to be None."
    )


NULL = {"v": None}
NOT_READ = "Expected value of type 'Any', but encountered error 'bad'; found: { a: [{ b: $v }] }."
FRAGMENT = "fragment F on Thing { things(first: $v) { name } }"
COUNT = null("inner", "Int!", " at .count")
FIRST = null("first", "Int!")


@pytest.mark.parametrize(
    ("text", "values", "messages"),
    [
        ("query($v: Int) { thing(inner: {count: $v}) { name } }", NULL, [COUNT]),
        ("query($v: Int) { thing(inner: {count: $v}) { name } }", {}, []),
        (
            "query($v: Int) { thing(inner: {inner: {inners: [{}, {count: $v}]}}) { name } }",
            NULL,
            [null("inner", "Int!", " at .inner.inners[1].count")],
        ),
        (
            "query($v: Inner = {}) { thing(inner: {inners: [$v]}) { name } }",
            NULL,
            [null("inner", "Inner!", " at .inners[0]")],
        ),
        ("query($v: Inner = {}) { thing(inner: {inner: $v}) { name } }", NULL, []),
        (
            "query($v: Int = 1) { thing(numbers: [1, $v]) { name } }",
            NULL,
            [null("numbers", "Int!", " at [1]")],
        ),
        ("query($v: Int) { thing { things { things(first: $v) { name } } } }", NULL, [FIRST]),
        (
            "query($v: Int = 1) { either { ... on Other { size(scale: $v) } } }",
            NULL,
            [null("scale", "Int!")],
        ),
        (
            f"query($v: Int) {{ thing {{ ...F ...F }} }} {FRAGMENT}",
            NULL,
            [FIRST],
        ),
        (
            f"query($v: Int, $w: Boolean!) {{ thing {{ name ...F @include(if: $w) }} }} {FRAGMENT}",
            {"v": None, "w": False},
            [],
        ),
        (
            "query($v: Boolean = true) { thing { name @skip(if: true) @include(if: $v) } }",
            NULL,
            [],
        ),
        (
            "query($v: Boolean = true) { thing { name @skip(if: false) @include(if: $v) } }",
            NULL,
            [null("if", "Boolean!")],
        ),
        (
            'query($v: String = "Any") { __type(name: $v) { name } }',
            NULL,
            [null("name", "String!")],
        ),
        ("query($v: Any) { thing(any: $v) { name } }", NULL, []),
        ("query($v: String!) { thing(any: {a: [$v]}) { name } }", {"v": "good"}, []),
        (
            "query($v: String!) { thing(any: {a: [{b: $v}]}) { name } }",
            {"v": "bad"},
            [f"Argument 'any' has invalid value: {NOT_READ}"],
        ),
    ],
)
def test_values(text: str, values: dict[str, Any], messages: list[str]) -> None:
    """A value is refused where it would fail, however deep, and nowhere else."""
    assert refusals(text, values) == messages


@pytest.mark.parametrize(("name", "messages"), [("A", [FIRST]), ("B", [])])
def test_one_of_several_operations(name: str, messages: list[str]) -> None:
    """What one operation meets is no matter to another one that shares a fragment with it."""
    text = "query A($v: Int) { thing { ...F } } query B($v: Int! = 2) { thing { ...F } }"

    assert refusals(f"{text} {FRAGMENT}", NULL if name == "A" else {}, name) == messages


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        (get_introspection_query(), None),
        ("query($v: Inner, $w: Any) { thing(inner: $v, any: $w) { name } }", None),
        ("query($v: Int!, $w: Boolean!) { thing(numbers: [$v]) { name @skip(if: $w) } }", None),
        (
            "query($v: Int, $w: [Int!]) { thing(inner: {count: $v}, numbers: $w) { name } }",
            Doubts(frozenset({"v"}), always=False),
        ),
    ],
)
def test_doubts(text: str, doubts: Doubts | None) -> None:
    """Their values are not looked at twice: only those of the variables in doubt are."""
    assert read(text).operations[None].doubts == doubts
