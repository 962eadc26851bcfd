"""Unions made from the table: a second mutation, of another resource, from the public parts alone.

It creates a thing, so it is not idempotent: what may have been done cannot be done again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, GraphQLSchema, GraphQLUnionType, execute, parse
from structlog.testing import capture_logs

from contact_gateway.context import RequestContext
from contact_gateway.failures import (
    EVERY_MUTATION_MEETS,
    FailuresAsData,
    Fault,
    InvalidArgumentsError,
    MutationError,
    NotFound,
    WriteOutcome,
    requires,
    total_schema,
)
from contact_gateway.failures.refused import CustomerNotNamedError, ScopeMissingError
from contact_gateway.failures.table import FAILURES
from contact_gateway.identity import Principal
from contact_gateway.observation import RequestRecord
from contact_gateway.operations import (
    Disclosure,
    DocumentReader,
    OperationRunner,
    Refusal,
    executable,
    make_schema,
)
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
    return executable(total_schema(Query, mutation))


# with all that a creation can meet: there is nothing yet that may not be found
SCHEMA = schema_of(mutations(FailuresAsData("CreateThingResult", idempotent=False)))
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


Execute = Callable[[GraphQLSchema, RequestContext[Things]], Awaitable[ExecutionResult]]


async def by_graphql_core(
    schema: GraphQLSchema, context: RequestContext[Things]
) -> ExecutionResult:
    """Execute the document as graphql-core does."""
    result = execute(schema, parse(DOCUMENT), context_value=context)
    result = await result if isawaitable(result) else result
    assert isinstance(result, ExecutionResult)
    return result


async def by_our_runner(schema: GraphQLSchema, context: RequestContext[Things]) -> ExecutionResult:
    """Execute the document as the gateway does."""
    disclosure = Disclosure(schema, full=True)
    document = DocumentReader(schema, disclosure, introspection=False).read(DOCUMENT)
    assert not isinstance(document, Refusal)
    runner = OperationRunner(disclosure)
    operation = runner.select(document, None)
    assert not isinstance(operation, Refusal)
    result = await runner.run(operation, {}, context)
    assert isinstance(result, ExecutionResult)
    return result


def run(things: Things, schema: GraphQLSchema = SCHEMA, principal: Principal = ANYBODY) -> Any:
    """The data of the document, which the runner and graphql-core agree on, without errors."""
    failures, first = list(things.failures), run_by(by_graphql_core, things, schema, principal)
    things.failures, things.created = failures, []
    second = run_by(by_our_runner, things, schema, principal)
    assert first == second
    return second


def run_by(
    run_document: Execute, things: Things, schema: GraphQLSchema, principal: Principal
) -> Any:
    """The data of the document; there must be no errors."""
    record = RequestRecord()
    caller = Caller("token", 1, "request", "00-1-1-00", time.monotonic() + 5, record)
    context = RequestContext("request", principal, caller, record, things)

    async def body() -> ExecutionResult:
        return await run_document(schema, context)

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
    assert logs == 2 * [
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
        also_meets=[NotFoundError],
        own_types=[ThingNotFoundError],
        idempotent=True,
    )
    data = run(Things(NotFoundError(Problem(404))), schema_of(mutations(as_data)))

    assert data["a"]["__typename"] == "ThingNotFoundError"


def test_the_same_classes_again() -> None:
    """A schema can be made of them any number of times."""
    mutation = mutations(FailuresAsData("CreateThingResult", idempotent=False))
    schema_of(mutation)

    assert run(Things(), schema_of(mutation)) == run(Things())


def test_a_schema_that_nobody_has_looked_at() -> None:
    """Its mutations do nothing, so that nothing can be hidden."""
    mutation = mutations(FailuresAsData("CreateThingResult", idempotent=False))
    things, schema = Things(), executable(make_schema(Query, mutation))
    record = RequestRecord()
    caller = Caller("token", 1, "request", "00-1-1-00", time.monotonic() + 5, record)
    context = RequestContext("request", ANYBODY, caller, record, things)

    result = asyncio.run(by_our_runner(schema, context))

    assert (result.data, things.created) == (None, [])
