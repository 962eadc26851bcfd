"""Another resource beside contact groups: as docs/adding-an-operation.md says, in one schema."""

import asyncio
from dataclasses import replace

import httpx
import pytest
import strawberry
from graphql import ExecutionResult, execute, parse

from contact_gateway import contact_groups
from contact_gateway.failures import (
    FailuresAsData,
    IncompleteUnionError,
    WriteOutcome,
    total_schema,
)
from contact_gateway.failures.refused import ScopeMissingError
from contact_gateway.federation import Entity, subgraph_schema
from contact_gateway.operations import executable
from tests.contact_groups.execution import ANYBODY, context_of


@strawberry.type
class Thing:
    """Of another resource."""

    name: str


@strawberry.type
class NameThingSuccess:
    """Its success."""

    thing: Thing
    outcome: WriteOutcome


@strawberry.type
class ThingQueries:
    """Its reads."""

    things: int = 0


async def name_thing(name: str) -> NameThingSuccess:
    """Name it."""
    return NameThingSuccess(thing=Thing(name=name.title()), outcome=WriteOutcome.APPLIED)


@strawberry.type
class ThingMutations:
    """Its writes."""

    name_thing = strawberry.mutation(
        resolver=name_thing, extensions=[FailuresAsData("NameThingResult", idempotent=True)]
    )


@strawberry.type
class Query(contact_groups.Query, ThingQueries):
    """All reads."""


@strawberry.type
class Mutation(contact_groups.Mutation, ThingMutations):
    """All writes."""


DOCUMENT = """mutation {
  a: updateContactGroup(id: "1", input: {name: "New"}) { __typename }
  b: nameThing(name: "new") { ... on NameThingSuccess { thing { name } } }
  c: updateContactGroup(id: "none", input: {name: "New"}) { __typename }
}"""

REFERENCES = """{
  _entities(representations: [
    {__typename: "Thing", name: "one"}, {__typename: "ContactGroup", id: "1"}
  ]) { ... on Thing { name } ... on ContactGroup { id } }
}"""


def test_one_schema_of_two() -> None:
    """The writes of both are total in one document, each with its own union."""
    schema = executable(total_schema(Query, Mutation))
    context = context_of(lambda _: httpx.Response(204))

    async def run() -> ExecutionResult:
        result = execute(schema, parse(DOCUMENT), context_value=context)
        assert not isinstance(result, ExecutionResult)
        return await result

    result = asyncio.run(run())
    assert result == ExecutionResult(
        {
            "a": {"__typename": "UpdateContactGroupSuccess"},
            "b": {"thing": {"name": "New"}},
            "c": {"__typename": "InvalidInputError"},
        },
        None,
    )


def test_one_subgraph_of_two() -> None:
    """Other subgraphs can refer to both, each by its own key and with its own scope."""

    async def read_thing(_: object, name: str, path: tuple[str, ...]) -> Thing:
        return Thing(name=f"{name} at {'.'.join(path)}")

    things = Entity(Thing, key="name", scope="things:read", read=read_thing)
    schema = executable(subgraph_schema(Query, Mutation, [*contact_groups.ENTITIES, things]))
    principal = replace(ANYBODY, scopes=frozenset({"things:read"}))
    context = context_of(lambda _: httpx.Response(500), principal)

    async def run() -> ExecutionResult:
        result = execute(schema, parse(REFERENCES), context_value=context)
        assert not isinstance(result, ExecutionResult)
        return await result

    result = asyncio.run(run())
    assert (result.data, [type(error.original_error) for error in result.errors or ()]) == (
        {"_entities": [{"name": "one at representations.0.name"}, None]},
        [ScopeMissingError],
    )


def test_one_that_is_not_total() -> None:
    """It keeps the gateway from starting, wherever it comes from."""

    @strawberry.type
    class Partial:
        @strawberry.mutation
        async def lose_thing(self) -> NameThingSuccess:
            raise ValueError

    @strawberry.type
    class Both(contact_groups.Mutation, Partial):
        pass

    with pytest.raises(IncompleteUnionError, match="lose_thing can meet Exception"):
        total_schema(Query, Both)
