"""One operation, with what its execution has in common for all requests: worked out once.

graphql-core executes it. What it is spared is to look up the types of the variables and to collect
the same fields from the same selection sets for each request, a fourth of what execution takes.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, TypeGuard, cast

from graphql import (
    DocumentNode,
    ExecutionResult,
    Executor,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    Undefined,
    default_field_resolver,
    default_type_resolver,
    get_variable_values,
)
from graphql.execution.collect_fields import (
    CollectedFields,
    FieldDetailsList,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
)
from graphql.execution.get_variable_signature import (
    GraphQLVariableSignature,
    get_variable_signature,
)
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.pyutils import AwaitableOrValue, Path
from strawberry.execution import optimized_is_awaitable

from contact_gateway.context import RequestContext
from contact_gateway.operations.cost import costly_fields
from contact_gateway.operations.foresight import Doubts, rehearse
from contact_gateway.operations.plain_data import PlainData, Read
from contact_gateway.operations.plain_input import coercion_to
from contact_gateway.operations.refusals import MOST_ERRORS

__all__ = ["Operation", "operations_of"]

# as Strawberry's own views do; a TypeGuard that does not say so
_is_awaitable = cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable)


def operations_of(
    schema: GraphQLSchema,
    document: DocumentNode,
    text: str,
    doubts: Mapping[str | None, Doubts] = MappingProxyType({}),
) -> Mapping[str | None, "Operation"]:
    """The operations of a valid document by name; an only one is found without its name too.

    `doubts` are those that came up when it was validated.
    """
    found: dict[str | None, Operation] = {}
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            operation = Operation(schema, document, definition, text)
            operation.doubts = doubts.get(operation.name)
            found[operation.name] = operation
    if len(found) == 1:
        found[None] = operation
    return found


class Operation:
    """An operation of a valid document, which executes for any number of requests.

    `kind` is what the specification calls its operation type, `text` that of the whole document;
    `doubts` are about its variables.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        definition: OperationDefinitionNode,
        text: str,
    ) -> None:
        self.text = text
        self._schema = schema
        self._definition = definition
        self.name = definition.name.value if definition.name else None
        self.kind = definition.operation
        self.doubts: Doubts | None = None
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self._fragment_details = {
            name: FragmentDetails(node) for name, node in self._fragments.items()
        }
        self._root_type = cast("GraphQLObjectType", schema.get_root_type(self.kind))
        signatures = [
            cast("GraphQLVariableSignature", get_variable_signature(schema, node))
            for node in definition.variable_definitions or ()
        ]
        self._variables = [(each, coercion_to(each.type)) for each in signatures]
        self.costly_fields = costly_fields(self._root_type, definition, self._fragments)
        # a directive may let the fields depend on the variables
        self._fields = None if "@" in text else _Fields()

    def coerce(
        self, variables: Mapping[str, Any], *, hide_suggestions: bool
    ) -> VariableValues | list[GraphQLError]:
        """The values of the variables, or why they are refused (GraphQL specification 6.1.2).

        Refused too, before anything is done, is what would fail where the variables stand.
        """
        values = self._values(variables, hide_suggestions=hide_suggestions)
        if self.doubts is None or isinstance(values, list):
            return values
        if not self.doubts.arise(values.coerced):
            return values
        return (
            rehearse(
                self._schema,
                self._definition,
                self._fragments,
                values,
                hide_suggestions=hide_suggestions,
            )
            or values
        )

    def _values(
        self, variables: Mapping[str, Any], *, hide_suggestions: bool
    ) -> VariableValues | list[GraphQLError]:
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for variable, coerce in self._variables:
            given = variables.get(variable.name, Undefined)
            value = Undefined if given is Undefined else coerce(given)
            if value is Undefined:
                break  # left out or not valid: graphql-core knows the default, or what to say
            sources[variable.name] = VariableValueSource(variable, given)
            coerced[variable.name] = value
        else:
            return VariableValues(sources, coerced)
        return get_variable_values(
            self._schema,
            self._definition.variable_definitions or (),
            dict(variables),
            max_errors=MOST_ERRORS,
            hide_suggestions=hide_suggestions,
        )

    async def execute(
        self, variables: VariableValues, context: RequestContext[Any], *, hide_suggestions: bool
    ) -> ExecutionResult:
        """Execute it (GraphQL specification 6.2)."""
        executor = _Executor(
            self._schema,
            self._fragments,
            self._fragment_details,
            None,
            context,
            self._definition,
            variables,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            is_awaitable=_is_awaitable,
            hide_suggestions=hide_suggestions,
        )
        executor.fields = self._fields or _Fields()
        serially = self.kind is OperationType.MUTATION
        try:
            root_fields = executor.collect_root_fields(self._root_type)
            result = executor.execute_root_grouped_field_set(
                self._root_type, None, root_fields, serially, None
            )
            data = cast("dict[str, Any]", await result if _is_awaitable(result) else result)
        except GraphQLError as error:
            executor.collected_errors.add(error, None)
            return ExecutionResult(None, executor.collected_errors.errors)
        finally:
            # the executor's own methods, which would keep all of the request for the garbage
            # collector: without them a request is gone when it is answered
            del executor.async_helpers
        return ExecutionResult(data, executor.collected_errors.errors or None)


class _Fields:
    """What selection sets come to: nodes by response name, and nothing of a request.

    `below` has those of an object type and a list of nodes, by the identity of the list, which is
    in `of_root` or in `below` itself; `readers` has how to read objects that are plain data, by
    the identity of what is in `below`.
    """

    __slots__ = ("below", "of_root", "readers")

    def __init__(self) -> None:
        self.of_root: GroupedFieldSet | None = None
        self.below: dict[tuple[GraphQLObjectType, int], CollectedFields] = {}
        self.readers: dict[int, Read | None] = {}


class _Executor(Executor[None]):
    """graphql-core's executor, with a memory of selection sets that may outlive it."""

    fields: _Fields

    def collect_root_fields(self, root_type: GraphQLObjectType) -> GroupedFieldSet:
        """The fields of the operation itself (GraphQL specification 6.3.2)."""
        if self.fields.of_root is None:
            self.fields.of_root = collect_fields(
                self.schema,
                self.fragments,
                self.variable_values,
                root_type,
                self.operation,
                self.hide_suggestions,
            ).grouped_field_set
        return self.fields.of_root

    def collect_subfields(
        self, return_type: GraphQLObjectType, field_details_list: FieldDetailsList
    ) -> CollectedFields:
        """The fields to execute on an object (GraphQL specification 6.3.2)."""
        key = return_type, id(field_details_list)
        found = self.fields.below.get(key)
        if found is None:
            found = super().collect_subfields(return_type, field_details_list)
            self.fields.below[key] = found
        return found

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: None,
    ) -> AwaitableOrValue[dict[str, Any]]:
        """The fields of an object (GraphQL specification 6.3.3), read where that is enough."""
        readers, key = self.fields.readers, id(grouped_field_set)
        if key not in readers:
            data = PlainData(self.schema, self.collect_subfields)
            readers[key] = data.reader_of(parent_type, grouped_field_set)
        read = readers[key]
        if read is not None:
            # whatever goes wrong, graphql-core meets it again, and knows where it belongs
            with suppress(Exception):
                result: dict[str, Any] = read(source_value)
                return result
        return super().execute_fields(
            parent_type, source_value, path, grouped_field_set, position_context
        )
