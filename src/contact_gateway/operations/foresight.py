"""What variables can make fail while an operation runs, found out before its first field does.

A nullable variable may stand where null may not, if one of the two has a default (GraphQL
specification 5.8.5). A null is then no error until its field runs, behind those that have written
already. So is a value within a literal of a custom scalar, which has no type of its own.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLDirective,
    GraphQLError,
    GraphQLIncludeDirective,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    Undefined,
    ValidationContext,
    ValidationRule,
    get_argument_values,
    get_directive_values,
    get_named_type,
    is_non_null_type,
)
from graphql.execution.values import VariableValues

__all__ = ["Doubts", "DoubtsByName", "rehearse", "rule_that_notes"]


@dataclass(frozen=True, slots=True)
class Doubts:
    """The variables of an operation that can make it fail, although their values fit their types.

    Those in `if_null` stand where null may not; `always`, where only reading them tells.
    """

    if_null: frozenset[str]
    always: bool

    def arise(self, values: Mapping[str, Any]) -> bool:
        """Whether these values have to be looked at where they stand."""
        for name in self.if_null:  # without a generator, which takes longer than all of this
            if values.get(name, Undefined) is None:
                return True
        return self.always


DoubtsByName = dict[str | None, Doubts]
"""The doubts of a document's operations by their names; those without any are left out."""


def rule_that_notes(found: DoubtsByName) -> type[ValidationRule]:
    """A rule that refuses nothing, and notes what the others find out of variables anyway.

    To find it out apart takes an eighth of what validation does.
    """
    rule: Callable[[ValidationContext], ValidationRule] = partial(_Noting, found)
    return cast("type[ValidationRule]", rule)  # it is only called, with the context


class _Noting(ValidationRule):
    def __init__(self, found: DoubtsByName, context: ValidationContext) -> None:
        super().__init__(context)
        self._found = found

    def leave_operation_definition(self, node: OperationDefinitionNode, *_: object) -> None:
        nullable = {
            definition.variable.name.value
            for definition in node.variable_definitions or ()
            if not isinstance(definition.type, NonNullTypeNode)
        }
        usages = self.context.get_recursive_variable_usages(node)
        if_null = nullable.intersection(
            usage.node.name.value for usage in usages if is_non_null_type(usage.type)
        )
        always = any(usage.type is None for usage in usages)
        if if_null or always:
            name = node.name.value if node.name else None
            self._found[name] = Doubts(frozenset(if_null), always)


def rehearse(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: VariableValues,
    *,
    hide_suggestions: bool,
) -> list[GraphQLError]:
    """What would go wrong: every argument is read as graphql-core does it when a field runs.

    What directives leave out is left out. Which type an object will have, nobody knows yet: all
    that a valid document asks of any is looked at. A fault that many places share is told once.
    """
    rehearsal = _Rehearsal(schema, fragments, variables, hide_suggestions=hide_suggestions)
    root_type = cast("GraphQLObjectType", schema.get_root_type(operation.operation))
    return rehearsal.faults(root_type, operation.selection_set)


class _Rehearsal:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
        *,
        hide_suggestions: bool,
    ) -> None:
        self._schema = schema
        self._unseen = dict(fragments)  # each is looked at once, however often it is spread
        self._variables = variables
        self._hide_suggestions = hide_suggestions

    def faults(self, kind: GraphQLNamedType, selection_set: SelectionSetNode) -> list[GraphQLError]:
        """Those of a selection set on a type and of all below it; without recursion."""
        found: dict[str, GraphQLError] = {}
        remaining = [(kind, selection_set)]
        while remaining:
            kind, selection_set = remaining.pop()
            for selection in selection_set.selections:
                try:
                    remaining += self._below(kind, selection)
                except GraphQLError as error:
                    found.setdefault(error.message, error)
        return list(found.values())

    def _below(
        self, kind: GraphQLNamedType, node: SelectionNode
    ) -> Iterator[tuple[GraphQLNamedType, SelectionSetNode]]:
        """What a selection leads to, if anything; raises what is wrong with itself."""
        if not self._is_included(node):
            return
        inner: FieldNode | InlineFragmentNode | FragmentDefinitionNode | None
        if isinstance(node, FragmentSpreadNode):
            inner = self._unseen.pop(node.name.value, None)
        else:
            inner = cast("FieldNode | InlineFragmentNode", node)
        if isinstance(inner, FieldNode):
            kind = self._type_of(inner, cast("GraphQLCompositeType", kind))
        elif inner and inner.type_condition:
            kind = self._schema.type_map[inner.type_condition.name.value]
        if inner and inner.selection_set:
            yield kind, inner.selection_set

    def _type_of(self, node: FieldNode, parent: GraphQLCompositeType) -> GraphQLNamedType:
        field = self._schema.get_field(parent, node.name.value)
        assert field is not None  # noqa: S101 - the document is valid
        get_argument_values(field, node, self._variables, None, self._hide_suggestions)
        return get_named_type(field.type)

    def _is_included(self, node: SelectionNode) -> bool:
        """Whether neither directive leaves it out (GraphQL specification 3.13.1, 3.13.2)."""
        skip = self._directive(GraphQLSkipDirective, node)
        if skip and skip["if"]:
            return False  # and nobody looks at the other one
        include = self._directive(GraphQLIncludeDirective, node)
        return include is None or include["if"]

    def _directive(self, directive: GraphQLDirective, node: SelectionNode) -> dict[str, Any] | None:
        return get_directive_values(directive, node, self._variables, None, self._hide_suggestions)
