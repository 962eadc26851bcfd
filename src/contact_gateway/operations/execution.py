"""Running one operation of a valid document."""

from collections.abc import Iterator
from typing import Any

from graphql import ExecutionResult, GraphQLError

from contact_gateway.context import RequestContext
from contact_gateway.operations.cost import cost_refusal
from contact_gateway.operations.disclosure import Disclosure, words_in
from contact_gateway.operations.operation import Operation
from contact_gateway.operations.reading import ValidDocument
from contact_gateway.operations.refusals import Refusal, RequestErrorCode, refuse

__all__ = ["OperationRunner"]


class OperationRunner:
    """Selects operations and executes them, telling no more of the schema than may be told."""

    def __init__(self, disclosure: Disclosure) -> None:
        self._disclosure = disclosure

    def select(self, document: ValidDocument, name: str | None) -> Operation | Refusal:
        """The operation that a request means (GraphQL specification 6.1)."""
        operation = document.operations.get(name)
        if operation is not None:
            return operation
        message = (
            "Must provide operation name if query contains multiple operations."
            if name is None
            else f"Unknown operation named '{name}'."
        )
        code = RequestErrorCode.OPERATION_RESOLUTION_FAILURE
        return self._refuse(code, [GraphQLError(message)], words_in(document.text))

    async def run(
        self, operation: Operation, variables: dict[str, Any], context: RequestContext[Any]
    ) -> ExecutionResult | Refusal:
        """Coerce the variables and execute the operation; a refusal means that nothing was done."""
        hide_suggestions = not self._disclosure.full
        values = operation.coerce(variables, hide_suggestions=hide_suggestions)
        if isinstance(values, list):
            sent = words_in(operation.text).union(_keys_in(variables))
            return self._refuse(RequestErrorCode.BAD_USER_INPUT, values, sent)
        if operation.costly_fields:
            error = cost_refusal(operation.costly_fields, values)
            if error is not None:
                return refuse(RequestErrorCode.BAD_USER_INPUT, [error])
        result = await operation.execute(values, context, hide_suggestions=hide_suggestions)
        if context.partial_errors:
            errors = [*(result.errors or ()), *context.partial_errors]
            return ExecutionResult(result.data, errors)
        return result

    def _refuse(
        self, code: RequestErrorCode, errors: list[GraphQLError], sent: frozenset[str]
    ) -> Refusal:
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
