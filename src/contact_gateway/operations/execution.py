"""Running one operation of a valid document."""

from collections.abc import Awaitable, Callable, Iterator
from inspect import isawaitable
from typing import Any, TypeGuard, cast

from graphql import ExecutionResult, Executor, GraphQLError, GraphQLSchema
from strawberry.execution import optimized_is_awaitable

from contact_gateway.context import RequestContext
from contact_gateway.operations.disclosure import Disclosure, words_in
from contact_gateway.operations.reading import ValidDocument
from contact_gateway.operations.refusals import MOST_ERRORS, Refusal, RequestErrorCode, refuse

__all__ = ["OperationRunner"]

# as Strawberry's own views do; a TypeGuard that does not say so
_is_awaitable = cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable)


class OperationRunner:
    """Executes operations of one schema."""

    def __init__(self, schema: GraphQLSchema, disclosure: Disclosure) -> None:
        self._schema = schema
        self._disclosure = disclosure

    async def run(
        self,
        document: ValidDocument,
        operation_name: str | None,
        variables: dict[str, Any],
        context: RequestContext,
    ) -> ExecutionResult | Refusal:
        """Select the operation, coerce its variables and execute it (GraphQL specification 6).

        A refusal means that nothing was executed.
        """
        # Executor.build, and not execute(), because it tells refused variables from failed fields
        executor = Executor.build(
            self._schema,
            document.document,
            context_value=context,
            raw_variable_values=variables,
            operation_name=operation_name,
            max_coercion_errors=MOST_ERRORS,
            is_awaitable=_is_awaitable,
            hide_suggestions=not self._disclosure.full,
        )
        if isinstance(executor, list):
            return self._refuse(executor, document, variables)
        try:
            result = executor.execute_operation()
            # only an executor for incremental delivery returns anything else
            return cast("ExecutionResult", await result if isawaitable(result) else result)
        finally:
            # the executor's own methods, which would keep all of the request for the garbage
            # collector: without them a request is gone when it is answered
            del executor.async_helpers

    def _refuse(
        self, errors: list[GraphQLError], document: ValidDocument, variables: dict[str, Any]
    ) -> Refusal:
        # without a node, an error is about the choice of the operation, not about a variable
        unresolved = all(error.nodes is None for error in errors)
        code = (
            RequestErrorCode.OPERATION_RESOLUTION_FAILURE
            if unresolved
            else RequestErrorCode.BAD_USER_INPUT
        )
        sent = words_in(document.text).union(_keys_in(variables))
        return refuse(code, errors, lambda message: self._disclosure.reword(message, sent))


def _keys_in(variables: dict[str, Any]) -> Iterator[str]:
    """Every key in the variables, however deep; without recursion, because it may be deep."""
    remaining: list[Any] = [variables]
    while remaining:
        value = remaining.pop()
        if isinstance(value, dict):
            yield from value
            remaining.extend(value.values())
        elif isinstance(value, list):
            remaining.extend(value)
