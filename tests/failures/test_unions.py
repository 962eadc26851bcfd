"""Unions made from the table: a second mutation, of another resource, from the public parts alone.

It creates a thing, so it is not idempotent: what may have been done cannot be done again.
"""

import asyncio
import time
from collections.abc import Callable
from inspect import isawaitable
from typing import Any

import pytest
import strawberry
from graphql import GraphQLSchema, GraphQLUnionType, execute, parse
from structlog.testing import capture_logs

from contact_gateway.context import RequestContext
from contact_gateway.failures import (
    EVERY_MUTATION_MEETS,
    FailuresAsData,
    Fault,
    IncompleteUnionError,
    InvalidArgumentsError,
    MembersOfUnions,
    MutationError,
    NotFound,
    WriteOutcome,
    require_unions,
    requires,
)
from contact_gateway.failures.refused import CustomerNotNamedError, ScopeMissingError
from contact_gateway.failures.table import FAILURES
from contact_gateway.identity import Principal
from contact_gateway.observation import RequestRecord
from contact_gateway.operations import executable, make_schema
from contact_gateway.rest_client import Caller
from contact_gateway.rest_client.problems import (
    AnsweredError,
    FateUnknownError,
    NotAnsweredError,
    NotFoundError,
    Problem,
)

ANYBODY = Principal("subject", frozenset({"things:write"}), None, "token")


class Things:
    """What the resolver asks for: creates things until it is told to raise something."""

    def __init__(self, *failures: Exception | None) -> None:
        self.failures = list(failures)
        self.created: list[str] = []

    async def create(self, name: str) -> str:
        """Create one; its id."""
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        self.created.append(name)
        return str(len(self.created))


Info = strawberry.Info[RequestContext[Things], None]


@strawberry.type
class Query:
    """A schema has to have one."""

    nothing: str = ""


@strawberry.type
class CreateThingSuccess:
    """A success type of its own."""

    thing_id: strawberry.ID
    outcome: WriteOutcome


async def create_thing(info: Info, name: str) -> CreateThingSuccess:
    """The resolver."""
    thing_id = await info.context.resources.create(name)
    return CreateThingSuccess(thing_id=strawberry.ID(thing_id), outcome=WriteOutcome.APPLIED)


def mutations(*extensions: Any) -> type:
    """A mutation type with `createThing` alone."""

    @strawberry.type
    class Mutation:
        create_thing = strawberry.mutation(
            resolver=create_thing, extensions=[requires("things:write"), *extensions]
        )

    return Mutation


def schema_of(mutation: type) -> GraphQLSchema:
    """What `build_schema` of contact groups does, for these mutations."""
    require_unions(mutation)
    return executable(make_schema(Query, mutation, [MutationError], [MembersOfUnions()]))


def total_schema() -> GraphQLSchema:
    """With all that a creation can meet: there is nothing yet that may not be found."""
    as_data = FailuresAsData("CreateThingResult", meets=EVERY_MUTATION_MEETS, idempotent=False)
    return schema_of(mutations(as_data))


SCHEMA = total_schema()
DOCUMENT = """mutation {
  a: createThing(name: "A") { ...all }
  b: createThing(name: "B") { ...all }
  c: createThing(name: "C") { ...all }
}
fragment all on CreateThingResult {
  __typename
  ... on CreateThingSuccess { thingId outcome }
  ... on MutationError { outcome retryable }
}"""


def run(things: Things, schema: GraphQLSchema = SCHEMA, principal: Principal = ANYBODY) -> Any:
    """The data of the document; there must be no errors."""

    async def body() -> Any:
        record = RequestRecord()
        caller = Caller("token", 1, "request", "00-1-1-00", time.monotonic() + 5, record)
        context = RequestContext("request", principal, caller, record, things)
        result = execute(schema, parse(DOCUMENT), context_value=context)
        return await result if isawaitable(result) else result

    result = asyncio.run(body())
    assert result.errors is None
    return result.data


def created(number: int) -> dict[str, object]:
    """The success of one alias."""
    return {"__typename": "CreateThingSuccess", "thingId": str(number), "outcome": "APPLIED"}


def test_all_goes_well() -> None:
    """The success is the mutation's own type."""
    assert run(Things()) == {"a": created(1), "b": created(2), "c": created(3)}


KINDS = [*FAILURES, FateUnknownError, CustomerNotNamedError, ZeroDivisionError, NotFoundError]


def exception_of(kind: type[Exception]) -> Exception:
    """An exception of this kind, as it is raised."""
    special: dict[type[Exception], Callable[[], Exception]] = {
        InvalidArgumentsError: lambda: InvalidArgumentsError([Fault(("input",), "No.")]),
        ScopeMissingError: lambda: ScopeMissingError("things:write"),
        FateUnknownError: lambda: FateUnknownError(NotAnsweredError()),
    }
    if issubclass(kind, AnsweredError):
        return kind(Problem(400))
    if kind in special:
        return special[kind]()
    return kind(1)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_failure_between_two_successes(kind: type[Exception]) -> None:
    """It is a member, and hides neither of the two; what may have been made is not retryable."""
    things = Things(None, exception_of(kind), None)
    with capture_logs():
        data = run(things)

    failure = data.pop("b")
    assert data == {"a": created(1), "c": created(2)}
    assert failure["__typename"] in {*(f.member.__name__ for f in FAILURES.values())}
    assert not (failure["outcome"] == "UNKNOWN" and failure["retryable"])


def test_an_unclear_end() -> None:
    """Of what is not idempotent it is UNKNOWN, and not to be repeated."""
    data = run(Things(FateUnknownError(NotAnsweredError())))

    assert data["a"] == {
        "__typename": "UpstreamUnavailableError",
        "outcome": "UNKNOWN",
        "retryable": False,
    }


def test_no_scope() -> None:
    """The permission's refusal is a member too, for every alias."""
    data = run(Things(), principal=Principal("subject", frozenset(), None, "token"))

    refused = {"__typename": "PermissionDeniedError", "outcome": "NOT_APPLIED", "retryable": False}
    assert data == {"a": refused, "b": refused, "c": refused}


def test_the_union_follows_from_the_table() -> None:
    """It has the success, and the type of every failure that the mutation declares."""
    union = SCHEMA.type_map["CreateThingResult"]

    assert isinstance(union, GraphQLUnionType)
    assert {member.name for member in union.types} == {
        "CreateThingSuccess",
        *(FAILURES[kind].member.__name__ for kind in EVERY_MUTATION_MEETS),
    }


def test_a_failure_that_is_not_declared() -> None:
    """It becomes an UnexpectedProblemError with its own outcome, and the log names both."""
    with capture_logs() as logs:
        data = run(Things(NotFoundError(Problem(404))))

    assert data["a"] == {
        "__typename": "UnexpectedProblemError",
        "outcome": "NOT_APPLIED",
        "retryable": False,
    }
    assert logs == [
        {
            "event": "undeclared_failure",
            "log_level": "error",
            "field": "createThing",
            "kind": "NotFoundError",
        }
    ]


@strawberry.type
class ThingNotFoundError(MutationError, NotFound):
    """There is no such thing."""


def test_a_type_of_its_own() -> None:
    """It stands for what each resource has a type of its own for."""
    as_data = FailuresAsData(
        "CreateThingResult",
        meets=[*EVERY_MUTATION_MEETS, NotFoundError],
        own_types=[ThingNotFoundError],
        idempotent=True,
    )
    data = run(Things(NotFoundError(Problem(404))), schema_of(mutations(as_data)))

    assert data["a"]["__typename"] == "ThingNotFoundError"


class UnlistedError(Exception):
    """A failure that the table does not know."""


@pytest.mark.parametrize(
    ("extensions", "message"),
    [
        (
            [FailuresAsData("R", meets=[NotFoundError], idempotent=False)],
            "create_thing can meet NotFoundError: none of its own types derives from NotFound",
        ),
        (
            [FailuresAsData("R", meets=[UnlistedError], idempotent=False)],
            "create_thing can meet UnlistedError: FAILURES lacks it",
        ),
        (
            [],
            "create_thing can meet Exception: its result is no union of FailuresAsData",
        ),
    ],
    ids=["no own type", "no row", "no union"],
)
def test_a_failure_without_a_type(extensions: list[FailuresAsData], message: str) -> None:
    """The schema cannot be built, so the gateway does not start, and both are named."""
    with pytest.raises(IncompleteUnionError) as raised:
        schema_of(mutations(*extensions))

    assert message in str(raised.value)
