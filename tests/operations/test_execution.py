"""Running an operation, and what is left of it."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import httpx
import pytest
from graphql import ExecutionResult, GraphQLSchema

from contact_gateway.operations import Disclosure, DocumentReader, OperationRunner, ValidDocument
from tests.client import RENAME
from tests.contact_groups.execution import Answer, context_of

GROUPS = "{ contactGroups { items { name } } }"


@pytest.fixture
def no_collector() -> Iterator[None]:
    """A time in which only what nothing refers to is freed."""
    gc.disable()
    yield
    gc.enable()


async def is_forgotten(
    schema: GraphQLSchema, document: ValidDocument, variables: dict[str, object], answer: Answer
) -> bool:
    """Whether the context of an operation is gone as soon as it has its result."""
    context = context_of(answer)
    remembered = weakref.ref(context.resources)
    runner = OperationRunner(Disclosure(schema, full=False))
    result = await runner.run(document.operations[None], variables, context)
    assert isinstance(result, ExecutionResult)
    del context, result
    return remembered() is None


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize(
    ("text", "status"), [*((RENAME, status) for status in (204, 404, 429, 503)), (GROUPS, 200)]
)
def test_what_is_left_of_a_request(
    schema: GraphQLSchema, reader: DocumentReader, text: str, status: int
) -> None:
    """Nothing, whatever a mutation came to: so the garbage collector may look rarely."""
    document = reader.read(text)
    assert isinstance(document, ValidDocument)
    page = {"items": [], "pageNumber": 1, "pageSize": 50}
    variables: dict[str, object] = {"id": "1", "input": {"name": "New"}} if text == RENAME else {}

    forgotten = asyncio.run(
        is_forgotten(schema, document, variables, lambda _: httpx.Response(status, json=page))
    )

    assert forgotten
