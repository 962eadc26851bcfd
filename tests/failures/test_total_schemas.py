"""Schemas that would end as `data: null` are not made, and results that would are a member."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Generic, TypeVar, cast

import pytest
import strawberry
from strawberry.extensions import FieldExtension
from strawberry.types.field import StrawberryField
from structlog.testing import capture_logs

from contact_gateway.context import RequestContext
from contact_gateway.failures import (
    FailuresAsData,
    IncompleteUnionError,
    MutationError,
    NotFound,
    WriteOutcome,
    total_schema,
)
from contact_gateway.identity import Principal
from contact_gateway.observation import RequestRecord
from contact_gateway.operations import (
    Disclosure,
    DocumentReader,
    OperationRunner,
    Refusal,
    executable,
)
from contact_gateway.rest_client import Caller
from contact_gateway.rest_client.problems import NotFoundError, Problem

Make = Callable[[], Any]
APPLIED = WriteOutcome.APPLIED


@strawberry.type
class Query:
    """A schema has to have one."""

    nothing: str = ""


@strawberry.type
class Part:
    """What a success may hold."""

    name: str


@strawberry.type
class Resolved:
    """An object with a resolver, which may raise."""

    @strawberry.field
    def name(self) -> str:
        """Raise."""
        raise ValueError


@strawberry.type
class Success:
    """A success with every kind of field that cannot be null, and some that can."""

    outcome: WriteOutcome
    number: int = 1
    id: strawberry.ID = strawberry.ID("1")
    part: Part = strawberry.field(default_factory=lambda: Part(name="a"))
    parts: list[Part] = strawberry.field(default_factory=list)
    nullable: list[Part | None] = strawberry.field(default_factory=lambda: [None])
    resolved: Resolved | None = None


def mutation_of(make: Make, success: Any, *extensions: FieldExtension) -> type:
    """A mutation type whose one field `write` comes to what `make` makes."""

    async def write() -> Any:
        return make()

    write.__annotations__["return"] = success

    @strawberry.type
    class Mutation:
        write_it = strawberry.mutation(resolver=write, extensions=list(extensions))

    return Mutation


def union(**options: Any) -> FailuresAsData:
    """The union of that field."""
    return FailuresAsData("WriteResult", **{"idempotent": False, **options})


def write(make: Make, success: type = Success, **options: Any) -> tuple[Any, list[str]]:
    """What two writes come to, one that succeeds and one of `make`; and what was logged."""
    results = iter([success(outcome=APPLIED)])
    mutation = mutation_of(lambda: next(results, None) or make(), success, union(**options))
    schema = executable(total_schema(Query, mutation))
    selection = "{__typename ...on Success {outcome number id part {name} parts {name}} "
    selection += "...on MutationError {outcome retryable code}}"
    disclosure = Disclosure(schema, full=True)
    document = DocumentReader(schema, disclosure, introspection=False).read(
        f"mutation {{ a: writeIt {selection} b: writeIt {selection} }}"
    )
    assert not isinstance(document, Refusal), document
    runner = OperationRunner(disclosure)
    operation = runner.select(document, None)
    assert not isinstance(operation, Refusal)
    record = RequestRecord()
    caller = Caller("token", 1, "request", "00-1-1-00", time.monotonic() + 5, record)
    principal = Principal("subject", frozenset(), None, "token")
    context = RequestContext("request", principal, caller, record, None)
    with capture_logs() as logs:
        result = asyncio.run(runner.run(operation, {}, context))
    assert not isinstance(result, Refusal)
    assert result.data is not None, result.errors
    assert result.data["a"]["__typename"] == "Success"
    return result.data["b"], [log["event"] for log in logs]


BUG = {
    "__typename": "UnexpectedProblemError",
    "outcome": "UNKNOWN",
    "retryable": False,
    "code": "UNEXPECTED_PROBLEM",
}


class Plain:
    """No type of the schema at all."""


class Slow(Part):
    """A part whose name cannot be read."""

    def __getattribute__(self, name: str) -> Any:
        if name == "name":
            raise OSError
        return super().__getattribute__(name)


def success_with(**fields: Any) -> Make:
    """A success with some fields that do not fit it."""
    return lambda: Success(**{"outcome": APPLIED, **fields})


WRONG: dict[str, Make] = {
    "nothing": lambda: None,
    "another type of the schema": lambda: Part(name="a"),
    "no type of the schema": Plain,
    "a dictionary": dict,
    "no outcome": success_with(outcome=None),
    "an outcome that is none": success_with(outcome="MADE"),
    "null": success_with(number=None),
    "a number too large": success_with(number=2**31),
    "a number that is none": success_with(number="one"),
    "an id that is none": success_with(id=[]),
    "null for an object": success_with(part=None),
    "null in an object": success_with(part=Part(name=cast("str", None))),
    "another object": success_with(part=Plain()),
    "an object that cannot be read": success_with(part=Slow(name="a")),
    "null for a list": success_with(parts=None),
    "text for a list": success_with(parts="ab"),
    "null in a list": success_with(parts=[None]),
    "null in an object of a list": success_with(parts=[Part(name=cast("str", None))]),
}


@pytest.mark.parametrize("make", WRONG.values(), ids=WRONG)
def test_a_success_that_is_none(make: Make) -> None:
    """It would null all of `data`: it is a bug, its end is unknown, and the sibling is kept."""
    assert write(make) == (BUG, ["bug"])


def test_a_success_with_all_that_may_be_null() -> None:
    """What stands below a field that may be null is no reason to doubt it."""
    expected = {"__typename": "Success", "outcome": "APPLIED", "number": 1, "id": "1"}

    assert write(success_with(nullable=[None, Part(name=cast("str", None))])) == (
        {**expected, "part": {"name": "a"}, "parts": []},
        [],
    )


@strawberry.type
class ItsNotFoundError(MutationError, NotFound):
    """A type of its own that says more than that."""

    which: int

    @classmethod
    def own_fields(cls, exception: Exception) -> Mapping[str, Any]:
        """Fails for what is not foreseen, as code of users may."""
        return {"which": getattr(exception, "resource_id", None) or 0}


@pytest.mark.parametrize("which", ["x", 2**31], ids=["no number", "too large"])
def test_an_own_type_that_cannot_be_made(which: Any) -> None:
    """What is known of the failure is told all the same: its outcome."""

    def fail() -> None:
        raise NotFoundError(Problem(404), resource_id=which)

    end = write(fail, also_meets=[NotFoundError], own_types=[ItsNotFoundError])

    assert end == ({**BUG, "outcome": "NOT_APPLIED"}, ["bug"])


@strawberry.type
class WithoutOutcome:
    """A success that does not say what became of the change."""

    number: int = 1


@strawberry.type
class NullableOutcome:
    """One that may not say it."""

    outcome: WriteOutcome | None = None


@strawberry.type
class WithResolver:
    """One with a resolver, which may raise."""

    outcome: WriteOutcome

    @strawberry.field
    def link(self) -> str:
        """Raise."""
        raise ValueError


@strawberry.type
class WithResolverBelow:
    """One with a resolver further down."""

    outcome: WriteOutcome
    found: list[Resolved]


@strawberry.type
class WithTypeOf:
    """One that says itself what belongs to it."""

    outcome: WriteOutcome

    @classmethod
    def is_type_of(cls, *_: object) -> bool:
        """Raise."""
        raise ValueError


Value = TypeVar("Value")


@strawberry.type
class Generically(Generic[Value]):
    """One of which there are many."""

    outcome: WriteOutcome
    value: Value


@strawberry.type
class OfAUnion:
    """One that holds either of two, of which one has a resolver."""

    outcome: WriteOutcome
    either: Annotated[Part | Resolved, strawberry.union("Either")]


@strawberry.type
class Namespace:
    """No success, but the mutations of a namespace."""

    @strawberry.field
    async def create(self) -> Success:
        """Nothing that would be looked at."""
        return Success(outcome=APPLIED)


@strawberry.type
class UnfilledError(MutationError, NotFound):
    """It has a field of which nobody knows the value."""

    which: strawberry.ID


@strawberry.type
class ResolvedNotFoundError(MutationError, NotFound):
    """It has a resolver."""

    @strawberry.field
    def which(self) -> str:
        """Raise."""
        raise ValueError


@strawberry.type
class NullNotFoundError(MutationError, NotFound):
    """It has null where there can be none."""

    which: str

    @classmethod
    def own_fields(cls, exception: Exception) -> Mapping[str, Any]:
        """Null, unless somebody knows better."""
        return {"which": getattr(exception, "which", None)}


@strawberry.type
class StrangerNotFoundError(NotFound):
    """It is no MutationError."""

    message: str = ""


class Forgetful(FailuresAsData):
    """It forgets to widen the type of the field."""

    def apply(self, field: StrawberryField) -> None:
        """Do nothing."""


def own(kind: type) -> FailuresAsData:
    """A union with a type of its own for what is not found."""
    return union(also_meets=[NotFoundError], own_types=[kind])


REFUSED: dict[str, tuple[Any, tuple[FieldExtension, ...], str]] = {
    "no union": (Success, (), "its result is no union of FailuresAsData"),
    "two unions": (Success, (union(), union()), "is not one object type"),
    "a union that is not made": (Success, (Forgetful("R", idempotent=True),), "no union of"),
    "a namespace": (Namespace, (), "its result is no union of FailuresAsData"),
    "a namespace in a union": (Namespace, (union(),), "Namespace has no outcome"),
    "a success that may be null": (Success | None, (union(),), "is not one object type"),
    "a list of successes": (list[Success], (union(),), "is not one object type"),
    "either of two successes": (
        Annotated[Success | Part, strawberry.union("Two")],
        (union(),),
        "is not one object type",
    ),
    "a success that is a scalar": (str, (union(),), "is not one object type"),
    "a generic success": (Generically[int], (union(),), "is not one object type"),
    "a success without outcome": (WithoutOutcome, (union(),), "has no outcome: WriteOutcome!"),
    "an outcome that may be null": (NullableOutcome, (union(),), "has no outcome: WriteOutcome!"),
    "a resolver in the success": (WithResolver, (union(),), "WithResolver.link has a resolver"),
    "a resolver below it": (WithResolverBelow, (union(),), "Resolved.name has a resolver"),
    "a resolver in a union": (OfAUnion, (union(),), "Resolved.name has a resolver"),
    "an is_type_of": (WithTypeOf, (union(),), "WithTypeOf has an is_type_of of its own"),
    "a field that is not filled": (Success, (own(UnfilledError),), "type cannot be made"),
    "a field that is null": (Success, (own(NullNotFoundError),), "type cannot be made"),
    "a resolver in an own type": (
        Success,
        (own(ResolvedNotFoundError),),
        "ResolvedNotFoundError.which has a resolver",
    ),
    "an own type that is no error": (
        Success,
        (own(StrangerNotFoundError),),
        "none of its own types derives from NotFound, and from MutationError",
    ),
}


@pytest.mark.parametrize(("success", "extensions", "message"), REFUSED.values(), ids=REFUSED)
def test_a_mutation_that_could_hide_its_siblings(
    success: Any, extensions: tuple[FieldExtension, ...], message: str
) -> None:
    """Its schema cannot be made, so the gateway does not start, and it is said why."""
    with pytest.raises(IncompleteUnionError) as raised:
        total_schema(Query, mutation_of(lambda: None, success, *extensions))

    assert str(raised.value).startswith("write_it")
    assert message in str(raised.value)


def test_one_object_for_two_mutations() -> None:
    """The second would have no union, or that of the first: the schema cannot be made."""
    shared = union()

    async def resolve() -> Success:
        return Success(outcome=APPLIED)

    @strawberry.type
    class Mutation:
        one = strawberry.mutation(resolver=resolve, extensions=[shared])
        other = strawberry.mutation(resolver=resolve, extensions=[shared])

    with pytest.raises(IncompleteUnionError, match="other and one share one FailuresAsData"):
        total_schema(Query, Mutation)


class UnlistedError(Exception):
    """A failure that the table does not know."""


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (NotFoundError, "write_it can meet NotFoundError: none of its own types derives from"),
        (UnlistedError, "write_it can meet UnlistedError: FAILURES lacks it"),
    ],
)
def test_a_failure_without_a_type(kind: type[Exception], message: str) -> None:
    """The schema cannot be made, and failure and mutation are named."""
    with pytest.raises(IncompleteUnionError) as raised:
        total_schema(Query, mutation_of(lambda: None, Success, union(also_meets=[kind])))

    assert message in str(raised.value)


def test_what_every_mutation_meets() -> None:
    """It is in every union, whatever else is declared."""
    plain, more = (
        total_schema(Query, mutation_of(lambda: None, Success, extension))
        for extension in (union(), own(ItsNotFoundError))
    )

    assert members(more) - members(plain) == {"ItsNotFoundError"}
    assert len([*members(plain)]) > 5


def members(schema: strawberry.Schema) -> set[str]:
    """The types in the union."""

    def names() -> Iterator[str]:
        for kind in executable(schema).type_map["WriteResult"].types:  # type: ignore[attr-defined]
            yield kind.name

    return set(names())
