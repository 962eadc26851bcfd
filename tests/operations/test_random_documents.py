"""Ten thousand requests with variables in every position, next to graphql-core's own execution."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from inspect import isawaitable
from random import Random
from typing import Any, cast

import pytest
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    build_schema,
    execute,
    get_nullable_type,
    is_composite_type,
    is_enum_type,
    is_list_type,
    parse,
)
from graphql.language import DocumentNode

from contact_gateway.contact_groups import ContactGroupsOfRequest, print_sdl
from contact_gateway.contact_groups.model import (
    Changes,
    ContactGroup,
    ContactGroupPage,
    ContactGroupQuery,
)
from contact_gateway.context import RequestContext
from contact_gateway.observation import RequestRecord
from contact_gateway.operations import DocumentReader, ValidDocument
from contact_gateway.operations.refusals import MOST_ERRORS
from contact_gateway.rest_client import Caller
from contact_gateway.rest_client.problems import InvalidFieldsError, NotFoundError, Problem
from tests.contact_groups.execution import ANYBODY
from tests.operations.random_documents import RandomDocument
from tests.thorough import THOROUGH

DOCUMENTS, REQUESTS = 125, 20  # of each seed; with THOROUGH=1 there are four: 10,000 pairs
MEMBERS = [
    "UpdateContactGroupSuccess",
    "InvalidInputError",
    "ContactGroupNotFoundError",
    "RateLimitedError",
]
SOME_MEMBERS: list[list[str]] = [[], [], *([member] for member in MEMBERS)]
MIRROR = build_schema(print_sdl())
CALLER = Caller("token", 5690, "the-request", "00-1-1-00", 0, RequestRecord())
ENDS: dict[str, Exception | None] = {
    "made": None,
    "not found": NotFoundError(Problem(404), resource_id=1),
    "refused": InvalidFieldsError(Problem(422), {("input", "name"): ("No.",)}),
}
Told = tuple[Any, list[Any]]


@dataclass(slots=True)
class Resources:
    """Contact groups without an upstream, which ends every write alike and notes it."""

    end: Exception | None
    written: list[int] = field(default_factory=list)
    customer: int = 5690

    async def update(self, contact_group_id: int, _: Changes) -> bool:
        """One more write."""
        self.written.append(contact_group_id)
        if self.end is not None:
            raise self.end
        return True

    async def by_id(self, contact_group_id: int) -> ContactGroup:
        """There is every group."""
        return ContactGroup(contact_group_id, "A")

    async def page(self, query: ContactGroupQuery) -> ContactGroupPage:
        """One group, and what was asked for."""
        return ContactGroupPage((ContactGroup(1, "A"),), query.page_number, query.page_size)


def context_of(resources: Resources) -> RequestContext[ContactGroupsOfRequest]:
    """The context of a request with these resources."""
    groups = cast("ContactGroupsOfRequest", resources)
    return RequestContext("the-request", ANYBODY, CALLER, RequestRecord(), groups)


def told(result: ExecutionResult | list[GraphQLError]) -> Told:
    """All of a result or of a refusal."""
    data, errors = (None, result) if isinstance(result, list) else (result.data, result.errors)
    return data, [(error.formatted, type(error.original_error)) for error in errors or ()]


def plain(type_: Any) -> Any:
    """Something of a type that has all its fields and is nowhere null."""
    type_ = get_nullable_type(type_)
    if is_list_type(type_):
        return [plain(type_.of_type)]
    if is_composite_type(type_):
        return {}
    if is_enum_type(type_):
        return next(iter(type_.values))
    return {"Int": 1, "Boolean": True}.get(type_.name, "1")


def fails_somewhere(document: DocumentNode, values: dict[str, Any], members: Sequence[str]) -> bool:
    """Whether graphql-core finds an argument that it cannot read, where all there is is reached.

    Its resolvers do nothing, and a mutation comes to each of these members in turn.
    """
    for member in members:
        result = execute(
            MIRROR,
            document,
            variable_values=values,
            field_resolver=lambda _, info, **__: plain(info.return_type),
            type_resolver=lambda *_, member=member: member,
        )
        assert isinstance(result, ExecutionResult)
        if result.errors:
            return True
    return False


@dataclass(slots=True)
class Comparison:
    """What requests came to; `wrong` holds those that graphql-core does not bear out."""

    schema: GraphQLSchema
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[Any] = field(default_factory=list)

    async def add(
        self, document: ValidDocument, parsed: DocumentNode, values: dict[str, Any], chance: Random
    ) -> None:
        """Run one request, and look what graphql-core says of it."""
        end = chance.choice([*ENDS.values()])
        operation = document.operations[None]
        coerced = operation.coerce(values, hide_suggestions=True)
        if isinstance(coerced, list) and not coerced[0].message.startswith("Variable '$"):
            self.counts["refused for where a variable stands"] += 1
            right = fails_somewhere(parsed, values, MEMBERS)
        elif isinstance(coerced, list):
            self.counts["refused for the value of a variable"] += 1
            right = told(coerced) == await self._theirs(parsed, values, Resources(end))
        else:
            self.counts["run"] += 1
            resources, theirs = Resources(end), Resources(end)
            result = await operation.execute(coerced, context_of(resources), hide_suggestions=True)
            whole = not resources.written or None not in (result.data or {"": None}).values()
            right = (
                whole
                and told(result) == await self._theirs(parsed, values, theirs)
                and resources.written == theirs.written
                and not fails_somewhere(parsed, values, chance.choice(SOME_MEMBERS))
            )
        if not right:
            self.wrong.append((document.text, values, end))

    async def _theirs(
        self, parsed: DocumentNode, values: dict[str, Any], resources: Resources
    ) -> Told:
        executed = execute(
            self.schema,
            parsed,
            context_value=context_of(resources),
            variable_values=values,
            max_coercion_errors=MOST_ERRORS,
            hide_suggestions=True,
        )
        executed = await executed if isawaitable(executed) else executed
        assert isinstance(executed, ExecutionResult)
        return told(executed)


async def compared(seed: int, schema: GraphQLSchema, reader: DocumentReader) -> Comparison:
    """All requests of one seed."""
    chance = Random(seed)  # noqa: S311 - the same documents in every run
    comparison = Comparison(schema)
    for _ in range(DOCUMENTS):
        written = RandomDocument(chance)
        document = reader.read(written.text)
        assert isinstance(document, ValidDocument), (document, written.text)
        parsed = parse(written.text)
        for _ in range(REQUESTS):
            await comparison.add(document, parsed, written.values(), chance)
    return comparison


@pytest.mark.parametrize("seed", range(4 if THOROUGH else 1))
def test_random_requests(seed: int, schema: GraphQLSchema, reader: DocumentReader) -> None:
    """What is run has graphql-core's result, and hides nothing that is written.

    What is refused before would have failed in the middle, had all been reached that is asked for.
    """
    comparison = asyncio.run(compared(seed, schema, reader))

    assert comparison.wrong == []
    assert min(comparison.counts.values()) > DOCUMENTS * REQUESTS * 0.05, comparison.counts
