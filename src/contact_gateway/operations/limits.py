"""How large a document may be: counted before it is validated, in time linear in its text.

What is counted is what would be executed: the fields of a fragment count each time that it is
spread. Its figures are worked out once, so that the count stays linear where what it counts grows
exponentially.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    ValueNode,
)

__all__ = ["LIMITS", "Limits", "exceeded_limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest document. The figures are of one operation or fragment, or of the document."""

    characters: int
    tokens: int
    operations: int
    fields: int
    written_fields: int
    nodes: int
    depth: int
    nesting: int
    value_depth: int
    aliases: int
    directives: int
    mutation_root_fields: int
    query_root_fields: int
    comparisons: int
    objects: int
    representations: int


# GraphiQL's introspection query has to pass: 183 tokens, 229 fields, depth 15. The largest useful
# mutation, with every field of every member, has 98 tokens, 24 fields and depth 3; five of them
# under aliases, 490 tokens. Together these keep any document below 15 ms of CPU: a test looks for
# one that is not.
LIMITS: Final = Limits(
    characters=16_384,  # the lexer takes up to half a microsecond for each, comments included
    tokens=1_000,  # the parser takes some 5 µs for each, and a document is kept in memory
    operations=10,  # each is looked through for variables, with all of its fragments
    fields=300,
    written_fields=300,
    nodes=330,  # fields, fragments, values and so on: validation takes some 15 µs for each
    depth=20,
    nesting=40,  # of selection sets, of fragments too: whoever goes down them does so by recursion
    value_depth=8,  # a refusal prints the value, each level indented anew
    aliases=30,  # two for each root field of a query
    directives=30,
    mutation_root_fields=5,  # each an upstream call of its own, one after the other
    query_root_fields=15,  # each may be an upstream call, up to four at a time
    comparisons=2_000,  # of fields of one name, which are compared pairwise: some µs for each
    objects=2_000,  # in one reply; counted with the variables, before the first field runs
    representations=300,  # of one `_entities`: with two members each, what variables may hold
)

_SATURATED: Final = 1_000_000  # counts stop here, so that they stay small integers


class _Size:
    """What a selection set comes to with its fragments spread out; `width` is its own level.

    `depth` counts fields, `nesting` selection sets, of inline fragments and fragments too.
    """

    __slots__ = ("aliases", "depth", "directives", "fields", "nesting", "width")

    def __init__(self) -> None:
        self.fields = self.depth = self.aliases = self.directives = self.width = 0
        self.nesting = 1

    def add(self, below: "_Size", *, of_field: bool = False) -> None:
        """Count what is below a selection: on this level, or of a field of it."""
        self.fields = min(self.fields + below.fields, _SATURATED)
        self.depth = max(self.depth, below.depth + of_field)
        self.nesting = max(self.nesting, below.nesting + 1)
        self.aliases = min(self.aliases + below.aliases, _SATURATED)
        self.directives = min(self.directives + below.directives, _SATURATED)
        if not of_field:
            self.width = min(self.width + below.width, _SATURATED)


class _FragmentCycleError(Exception):
    """A fragment spreads itself, perhaps through others; its size has no end."""


class _Measure:
    """Measures the definitions of one document, each selection once."""

    def __init__(self, document: DocumentNode) -> None:
        self.operations = self.written_fields = self.nodes = 0
        self.value_depth = 0
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._known: dict[str, _Size | None] = {}

    def definition(self, node: OperationDefinitionNode | FragmentDefinitionNode) -> _Size:
        if isinstance(node, FragmentDefinitionNode):
            return self._fragment(node.name.value)
        self.operations += 1
        for variable in node.variable_definitions or ():
            self.nodes += 1
            if variable.default_value is not None:
                self._value(variable.default_value)
            self._directives(variable.directives)
        return self._selections(node)

    def _fragment(self, name: str) -> _Size:
        definition = self._fragments.get(name)
        if definition is None:
            return _Size()  # validation refuses it
        if name not in self._known:
            self._known[name] = None  # until it is known: who meets it now is in a cycle
            self._known[name] = self._selections(definition)
        size_or_none = self._known[name]
        if size_or_none is None:
            raise _FragmentCycleError(name)
        return size_or_none

    def _selections(
        self,
        node: OperationDefinitionNode | FragmentDefinitionNode | FieldNode | InlineFragmentNode,
    ) -> _Size:
        """What a node comes to, with its own directives."""
        size = _Size()
        self.nodes += 1
        size.directives = self._directives(node.directives)
        for selection in node.selection_set.selections if node.selection_set else ():
            if isinstance(selection, FieldNode):
                self._field(selection, size)
            elif isinstance(selection, InlineFragmentNode):
                size.add(self._selections(selection))
            else:
                assert isinstance(selection, FragmentSpreadNode)  # noqa: S101 - no fourth kind
                self.nodes += 1
                size.directives += self._directives(selection.directives)
                size.add(self._fragment(selection.name.value))
        return size

    def _field(self, field: FieldNode, size: _Size) -> None:
        self.written_fields += 1
        size.width += 1
        size.fields += 1
        size.aliases += field.alias is not None
        for argument in field.arguments or ():
            self._value(argument.value)
        if field.selection_set is not None:
            size.add(self._selections(field), of_field=True)
            return
        self.nodes += 1
        size.depth = max(size.depth, 1)
        size.directives += self._directives(field.directives)

    def _directives(self, directives: Sequence[DirectiveNode] | None) -> int:
        for directive in directives or ():
            self.nodes += 1
            for argument in directive.arguments or ():
                self._value(argument.value)
        return len(directives or ())

    def _value(self, value: ValueNode, level: int = 1) -> None:
        self.nodes += 1
        self.value_depth = max(self.value_depth, level)
        if isinstance(value, ListValueNode):
            for each in value.values:
                self._value(each, level + 1)
        elif isinstance(value, ObjectValueNode):
            for member in value.fields:
                self._value(member.value, level + 1)


def exceeded_limits(document: DocumentNode) -> list[GraphQLError]:
    """The limits that a parsed document exceeds; empty if it may be validated.

    Fragments that no operation uses are measured too, because validation looks at them as well.
    """
    measure = _Measure(document)
    return list(_exceeded(measure, document)) or [
        GraphQLError(f"Expected at most {most} {what} in a document.")
        for count, most, what in (
            (measure.operations, LIMITS.operations, "operations"),
            (measure.written_fields, LIMITS.written_fields, "fields"),
            (measure.nodes, LIMITS.nodes, "nodes"),
            (measure.value_depth, LIMITS.value_depth, "levels of values"),
        )
        if count > most
    ]


def _exceeded(measure: _Measure, document: DocumentNode) -> Iterator[GraphQLError]:
    for definition in document.definitions:
        if not isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            continue  # the definition of a type, which validation refuses
        try:
            size = measure.definition(definition)
        except _FragmentCycleError as cycle:
            yield GraphQLError(f"Cannot spread fragment '{cycle}' within itself.", definition)
            return
        for count, most, what in (
            (size.width, _most_root_fields(definition), "root fields"),
            (size.depth, LIMITS.depth, "levels of fields"),
            (size.nesting, LIMITS.nesting, "levels of selection sets"),
            (size.fields, LIMITS.fields, "fields"),
            (size.aliases, LIMITS.aliases, "aliases"),
            (size.directives, LIMITS.directives, "directives"),
        ):
            if count > most:
                yield GraphQLError(f"Expected at most {most} {what} with fragments.", definition)


def _most_root_fields(definition: OperationDefinitionNode | FragmentDefinitionNode) -> int:
    if isinstance(definition, FragmentDefinitionNode):
        return _SATURATED
    if definition.operation is OperationType.MUTATION:
        return LIMITS.mutation_root_fields
    return LIMITS.query_root_fields
