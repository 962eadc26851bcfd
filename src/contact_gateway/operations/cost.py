"""What a request asks for, in objects: summed up before its first field runs.

A field says in its definition how many objects it stands for with given arguments; everything else
is free. Thirty names for one list make thirty lists of the reply, so each time that an object is
asked for counts.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    get_argument_values,
)
from graphql.execution.values import VariableValues
from strawberry.schema.schema_converter import GraphQLCoreConverter

from contact_gateway.operations.limits import LIMITS

__all__ = ["CostlyField", "cost_refusal", "costly_fields", "costs"]

Cost = Callable[[Mapping[str, Any]], int]
"""From the arguments of a field, by their names in the schema, to how many objects it stands for;
0 where it would be refused."""

_METADATA: Final = "cost"
_STRAWBERRY: Final = GraphQLCoreConverter.DEFINITION_BACKREF

Fragments = Mapping[str, FragmentDefinitionNode]


def costs(cost: Cost) -> dict[str, Any]:
    """The `metadata` of a Strawberry field of the root types that stands for many objects."""
    return {_METADATA: cost}


class CostlyField(NamedTuple):
    """A field of an operation that stands for objects, each asked for some `times`."""

    field: GraphQLField
    node: FieldNode
    cost: Cost
    times: int


def costly_fields(
    root_type: GraphQLObjectType, operation: OperationDefinitionNode, fragments: Fragments
) -> tuple[CostlyField, ...]:
    """The fields of a valid operation that have a cost; `@skip` and `@include` are not asked."""
    found = []
    for nodes in _merged([operation], fragments):
        field = root_type.fields.get(nodes[0].name.value)
        definition = field and field.extensions.get(_STRAWBERRY)
        cost = definition and definition.metadata.get(_METADATA)
        if field is not None and cost is not None:
            found.append(CostlyField(field, nodes[0], cost, _times(nodes, fragments)))
    return tuple(found)


def cost_refusal(fields: tuple[CostlyField, ...], values: VariableValues) -> GraphQLError | None:
    """Why a request is refused for what it asks for, if it is."""
    objects = 0
    for each in fields:
        with suppress(GraphQLError):  # arguments that do not fit: the field will say so
            arguments = get_argument_values(each.field, each.node, values)
            objects += max(0, each.cost(arguments)) * each.times
    if objects <= LIMITS.objects:
        return None
    return GraphQLError(
        f"Expected at most {LIMITS.objects} objects in one request, and {objects} are asked for."
    )


Selecting = OperationDefinitionNode | FragmentDefinitionNode | FieldNode | InlineFragmentNode


def _merged(nodes: Sequence[Selecting], fragments: Fragments) -> Collection[list[FieldNode]]:
    """The fields that nodes select together, those of one response name in a list.

    Each fragment is gone into once (GraphQL specification 6.3.2): some spread others twice, down
    and down, and come to nothing.
    """
    found: dict[str, list[FieldNode]] = {}
    spread: set[str] = set()
    remaining: list[Selecting] = [*reversed(nodes)]
    while remaining:
        node = remaining.pop()
        for selection in node.selection_set.selections if node.selection_set else ():
            if isinstance(selection, FieldNode):
                name = (selection.alias or selection.name).value
                found.setdefault(name, []).append(selection)
            elif isinstance(selection, InlineFragmentNode):
                remaining.append(selection)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in spread:
                spread.add(selection.name.value)
                remaining.append(fragments[selection.name.value])
    return found.values()


def _times(nodes: Sequence[FieldNode], fragments: Fragments) -> int:
    """How often what is below a field is in the reply: as often as its most repeated field."""
    times: Counter[str] = Counter()
    for same in _merged(nodes, fragments):
        times[same[0].name.value] += _times(same, fragments)
    return max(times.values(), default=1)
