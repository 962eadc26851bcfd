"""An operation that remembers what requests have in common comes to what graphql-core comes to."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

import httpx
import pytest
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    execute,
    get_introspection_query,
    parse,
)

from contact_gateway.identity import Principal
from contact_gateway.operations import DocumentReader, ValidDocument
from contact_gateway.operations.refusals import MOST_ERRORS
from tests.client import RENAME
from tests.contact_groups.execution import ANYBODY, context_of

Variables = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A document, the operation meant, and the variables of one request after the other."""

    text: str
    requests: Sequence[Variables] = ({}, {})
    name: str | None = None
    principal: Principal = ANYBODY
    status: int = 204


def rename(**more: Any) -> Variables:
    """The variables of a rename, and more."""
    return {"id": "1", "input": {"name": "New"}} | more


NOBODY = Principal("subject", frozenset(), None, "token")

CASES = {
    "the mutation": Case(RENAME, [rename(), rename(id="2", input={"name": "Newer"}), rename()]),
    "failures and success": Case(RENAME, [rename(), rename(id="x"), rename(input={}), rename()]),
    "not found": Case(RENAME, [rename(), rename()], status=404),
    "no scope": Case(RENAME, [rename(), rename()], principal=NOBODY),
    "an id as a number": Case(RENAME, [rename(id=1), rename(id=2**63), rename(id=1.0)]),
    "a name of null": Case(RENAME, [rename(input={"name": None}), rename()]),
    "variables that are refused": Case(
        RENAME,
        [
            {},
            rename(id=None),
            rename(id=[]),
            rename(input=None),
            rename(input="New"),
            rename(input={"name": 1}),
            rename(input={"name": "New", "more": 1}),
            rename(input=[{"name": "New"}]),
            rename(more=1),
            rename(),
        ],
    ),
    "arguments in the document": Case(
        'mutation { updateContactGroup(id: "7", input: {name: "New"}) { __typename } }'
    ),
    "aliases and a fragment": Case(
        """
        mutation Two($id: ID!, $input: UpdateContactGroupInput!) {
          a: updateContactGroup(id: $id, input: $input) { ...Outcome }
          b: updateContactGroup(id: "0", input: $input) { ...Outcome }
        }
        fragment Outcome on UpdateContactGroupResult {
          kind: __typename
          ... on MutationError { message code requestId problem { status } }
          ... on UpdateContactGroupSuccess { contactGroup { ...Group } contactGroup { again: id } }
        }
        fragment Group on ContactGroup { id name }
        """,
        [rename(), rename(id="2"), rename()],
    ),
    "a directive, on and off": Case(
        """
        mutation ($id: ID!, $input: UpdateContactGroupInput!, $long: Boolean!) {
          updateContactGroup(id: $id, input: $input) {
            __typename @skip(if: $long)
            ... on UpdateContactGroupSuccess @include(if: $long) { contactGroup { id } }
            ... on UpdateContactGroupSuccess { contactGroup { name @include(if: $long) } }
          }
        }
        """,
        [rename(long=long) for long in (True, False, True, False)],
    ),
    "a directive on a root field": Case(
        """
        query ($one: Boolean = true, $other: Boolean = false) {
          a: contactGroup(id: "1") @include(if: $one) { name }
          b: contactGroup(id: "x") @include(if: $other) { name }
        }
        """,
        [{}, {"other": True}, {"one": False}, {}],
        status=200,
    ),
    "defaults": Case(
        """
        query ($page: Int! = 0, $direction: SortDirection = DESCENDING) {
          contactGroups(page: $page, orderByName: $direction) { items { id name } pageNumber }
        }
        """,
        [{}, {"page": 1}, {"direction": "ASCENDING", "page": 2}, {"direction": "UP"}, {"page": 3}],
        status=200,
    ),
    "a directive without a value": Case(
        "query ($x: Boolean = true) { __typename @skip(if: $x) }", [{}, {"x": None}, {"x": False}]
    ),
    "errors that null": Case(
        '{ a: contactGroup(id: "x") { id } b: contactGroups(page: 0) { items { id } } }',
        status=200,
    ),
    "an operation by name": Case(
        """
        query A { contactGroups { itemCount } }
        query B { contactGroups { hasNextPage items { name } } }
        """,
        name="B",
        status=200,
    ),
}


def upstream(status: int) -> httpx.Response:
    """What the upstream answers with."""
    page = {"items": [{"id": 1, "name": "A"}, {"id": 2, "name": "B"}]}
    return httpx.Response(status, json=page if status == 200 else {"title": "Scripted"})


def told(errors: Sequence[GraphQLError] | None) -> list[Any]:
    """All that is told of errors."""
    return [(error.formatted, type(error.original_error)) for error in errors or ()]


def result_of(result: ExecutionResult) -> tuple[Any, list[Any]]:
    """All of a result."""
    return result.data, told(result.errors)


async def ours(case: Case, reader: DocumentReader) -> list[Any]:
    """The results of one operation, kept for all requests."""
    document = reader.read(case.text)
    assert isinstance(document, ValidDocument), document
    operation = document.operations[case.name]
    results = []
    for variables in case.requests:
        values = operation.coerce(variables, hide_suggestions=True)
        if isinstance(values, list):
            results.append((None, told(values)))
            continue
        context = context_of(lambda _: upstream(case.status), case.principal)
        executed = await operation.execute(values, context, hide_suggestions=True)
        results.append(result_of(executed))
    return results


async def theirs(case: Case, schema: GraphQLSchema) -> list[Any]:
    """The results of graphql-core, which begins anew for each request."""
    results = []
    for variables in case.requests:
        executed = execute(
            schema,
            parse(case.text),
            context_value=context_of(lambda _: upstream(case.status), case.principal),
            variable_values=variables,
            operation_name=case.name,
            max_coercion_errors=MOST_ERRORS,
            hide_suggestions=True,
        )
        executed = await executed if isawaitable(executed) else executed
        assert isinstance(executed, ExecutionResult)
        results.append(result_of(executed))
    return results


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_one_request_after_the_other(
    case: Case, schema: GraphQLSchema, reader: DocumentReader
) -> None:
    """Each has the result that graphql-core has on its own, whatever came before it."""
    assert asyncio.run(ours(case, reader)) == asyncio.run(theirs(case, schema))


def test_introspection(schema: GraphQLSchema, introspecting_reader: DocumentReader) -> None:
    """So has the introspection query."""
    case = Case(get_introspection_query())

    assert asyncio.run(ours(case, introspecting_reader)) == asyncio.run(theirs(case, schema))
