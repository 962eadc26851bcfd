"""Running one operation of a valid document."""

from inspect import isawaitable
from typing import Any, cast

from graphql import ExecutionResult, Executor, GraphQLSchema

from contact_gateway.context import RequestContext
from contact_gateway.operations.refusals import Refusal, RequestErrorCode, refuse
from contact_gateway.operations.store import ValidDocument

__all__ = ["execute"]


async def execute(
    schema: GraphQLSchema,
    document: ValidDocument,
    operation_name: str | None,
    variables: dict[str, Any],
    context: RequestContext,
    *,
    hide_suggestions: bool,
) -> ExecutionResult | Refusal:
    """Select the operation, coerce its variables and execute it (GraphQL specification section 6).

    A refusal means that nothing was executed.
    """
    # Executor.build, and not execute(), because it tells refused variables from failed fields
    executor = Executor.build(
        schema,
        document.document,
        context_value=context,
        raw_variable_values=variables,
        operation_name=operation_name,
        max_coercion_errors=5,
        hide_suggestions=hide_suggestions,
    )
    if isinstance(executor, list):
        # without a node, an error is about the choice of the operation, not about a variable
        unresolved = all(error.nodes is None for error in executor)
        code = (
            RequestErrorCode.OPERATION_RESOLUTION_FAILURE
            if unresolved
            else RequestErrorCode.BAD_USER_INPUT
        )
        return refuse(code, executor)
    result = executor.execute_operation()
    # only an executor for incremental delivery returns anything else
    return cast("ExecutionResult", await result if isawaitable(result) else result)
