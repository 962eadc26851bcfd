"""What is read as plain data comes to what graphql-core's executor comes to, errors included."""

import asyncio
from dataclasses import dataclass
from enum import Enum
from inspect import isawaitable
from typing import Any, cast

import pytest
import strawberry
from graphql import ExecutionResult, GraphQLSchema, Undefined, execute, parse

from contact_gateway.context import RequestContext
from contact_gateway.operations.operation import operations_of


@strawberry.enum
class Colour(Enum):
    """An enum whose values are not its names."""

    RED = "#f00"
    GREEN = "#0f0"


@strawberry.interface
class Named:
    """An interface, whose types are told apart when they are executed."""

    name: str


@strawberry.type
class Leaf(Named):
    """An object that implements an interface."""

    colour: Colour | None = None


@strawberry.type
class Plain:
    """Fields of every kind that is read."""

    number: int = 1
    text: str = "text"
    perhaps: str | None = None
    colour: Colour = Colour.GREEN
    ids: list[strawberry.ID] = strawberry.field(default_factory=lambda: [strawberry.ID("1")])
    rows: list[list[int] | None] | None = strawberry.field(default_factory=lambda: [[1, 2], None])
    inner: "Plain | None" = None
    inners: "list[Plain | None]" = strawberry.field(default_factory=list)
    leaf: Leaf | None = None

    @strawberry.field
    def resolved(self) -> str:
        """Give what only a resolver can give."""
        return f"resolved {self.number}"

    @strawberry.field
    async def awaited(self) -> str:
        """Give what has to be awaited."""
        return f"awaited {self.number}"

    @strawberry.field
    def failing(self) -> str:
        """Give nothing."""
        raise LookupError("failing")


@strawberry.type
class Query:
    """Gives the object that a test has put into the context."""

    @strawberry.field
    def plain(self, info: strawberry.Info[Plain, None]) -> Plain | None:
        """Give it."""
        return info.context

    @strawberry.field
    def named(self, info: strawberry.Info[Plain, None]) -> Named | None:
        """Give what is in it, as an interface."""
        return info.context.leaf


class OwnError(Exception):
    """An exception whose text graphql-core would take for a String, if it were no exception."""

    number = 1
    text = "text"


class Failing:
    """An object that has all that is asked for, but cannot give it."""

    number = 1
    inner = None
    inners = ()

    @property
    def text(self) -> str:
        """Fail as a bug would."""
        raise TypeError("a bug")


@dataclass(frozen=True, slots=True)
class Unexpected:
    """What a field holds that its type does not allow."""

    value: str = "unexpected"


SCHEMA: GraphQLSchema = strawberry.Schema(query=Query, types=[Leaf])._schema  # noqa: SLF001

ALL = "number text perhaps colour ids rows __typename"
DOCUMENTS = {
    "leaves": f"{{ plain {{ {ALL} }} }}",
    "names of types": "{ plain { perhaps inner { __typename } inners { __typename } } }",
    "aliases": "{ plain { a: number b: number kind: __typename number } }",
    "nested": f"{{ plain {{ inner {{ {ALL} inner {{ text }} }} inners {{ text ids }} }} }}",
    "fragments": "{ plain { ...F inner { ...F } } } fragment F on Plain { number inner { text } }",
    "merged": "{ plain { inner { number } inner { text } } }",
    "a resolver": "{ plain { number resolved inner { awaited number inners { resolved } } } }",
    "a failing resolver": "{ plain { number inner { failing } inners { number failing } } }",
    "a type told apart": "{ plain { leaf { name colour __typename } } named { name } }",
}
OBJECTS: dict[str, Any] = {
    "nothing": None,
    "defaults": Plain(),
    "inner": Plain(inner=Plain(number=2, inner=Plain(number=3)), inners=[Plain(number=4), None]),
    "leaf": Plain(leaf=Leaf(name="leaf", colour=Colour.RED)),
    "another leaf": Plain(leaf=cast("Leaf", Plain())),
    "null where none may be": Plain(text=cast("str", None)),
    "null in an inner object": Plain(inner=Plain(number=cast("int", None)), inners=[Plain()]),
    "null in a list": Plain(ids=cast("list[strawberry.ID]", [None])),
    "too large for Int": Plain(number=2**31),
    "a text for Int": Plain(inner=Plain(number=cast("int", "one")), inners=[Plain()]),
    "an enum that is none": Plain(colour=cast("Colour", "blue")),
    "an object for text": Plain(text=cast("str", Unexpected())),
    "a tuple for a list": Plain(rows=cast("list[list[int] | None]", ((1,),))),
    "a generator for a list": Plain(ids=cast("list[strawberry.ID]", {"1": "2"}.keys())),
    "no list": Plain(inners=cast("list[Plain | None]", 5)),
    "a bug in an inner object": Plain(inner=Plain(inners=[Plain(), cast("Plain", Failing())])),
    "a bug in an item": Plain(inners=[Plain(), cast("Plain", Failing())]),
    "an exception for an object": Plain(inner=cast("Plain", LookupError("not raised"))),
    "exceptions for objects": Plain(inners=[cast("Plain", LookupError("not raised")), Plain()]),
    "an exception of one's own": Plain(
        text=cast("str", OwnError("secret")), ids=[cast("strawberry.ID", OwnError("secret"))]
    ),
    "an exception of one's own for an object": Plain(inner=cast("Plain", OwnError("secret"))),
    "undefined": Plain(perhaps=cast("str", Undefined), inner=cast("Plain", Undefined)),
    "undefined where a value must be": Plain(text=cast("str", Undefined)),
    "an exception": Plain(perhaps=cast("str", LookupError("given and not raised"))),
    "an attribute that is not there": Plain(inner=cast("Plain", Unexpected())),
}


def everything(result: ExecutionResult) -> tuple[Any, list[Any]]:
    """Data, and all that is told of errors."""
    return result.data, [
        (error.formatted, type(error.original_error)) for error in result.errors or ()
    ]


async def both(text: str, given: Plain | None) -> tuple[Any, Any]:
    """What the operation comes to the second time, and what graphql-core alone comes to."""
    document = parse(text)
    operation = operations_of(SCHEMA, document, text)[None]
    values = operation.coerce({}, hide_suggestions=False)
    assert not isinstance(values, list)
    context = cast("RequestContext[Any]", given)
    await operation.execute(values, context, hide_suggestions=False)
    ours = await operation.execute(values, context, hide_suggestions=False)
    theirs = execute(SCHEMA, document, context_value=given)
    theirs = await theirs if isawaitable(theirs) else theirs
    assert isinstance(theirs, ExecutionResult)
    return everything(ours), everything(theirs)


@pytest.mark.parametrize("given", OBJECTS.values(), ids=OBJECTS.keys())
@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_one_and_the_same_result(text: str, given: Plain | None) -> None:
    """Whatever is asked for and whatever the objects hold: the same data and the same errors."""
    ours, theirs = asyncio.run(both(text, given))

    assert ours == theirs


def test_objects_are_read() -> None:
    """An object that only resolvers can tell is not plain data, every other object is."""

    async def readers(text: str) -> list[bool]:
        operation = operations_of(SCHEMA, parse(text), text)[None]
        values = operation.coerce({}, hide_suggestions=False)
        assert not isinstance(values, list)
        context = cast("RequestContext[Any]", OBJECTS["inner"])
        await operation.execute(values, context, hide_suggestions=False)
        fields = operation._fields
        assert fields is not None
        return [read is not None for read in fields.readers.values()]

    found = {name: asyncio.run(readers(text)) for name, text in DOCUMENTS.items()}

    of_query, of_plain = False, True
    for name in ("leaves", "aliases", "nested", "fragments", "merged"):
        assert found.pop(name) == [of_query, of_plain]
    assert not any(map(any, found.values()))
