"""How large a document may be: counted before it is validated, in time linear in its text.

What is counted is what would be executed: the fields of a fragment count each time that it is
spread. Its figures are worked out once, so that the count stays linear where what it counts grows
exponentially.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
)

__all__ = ["LIMITS", "Limits", "exceeded_limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest document. The figures are of one operation or fragment, or of the document."""

    characters: int
    tokens: int
    fields: int
    written_fields: int
    depth: int
    aliases: int
    directives: int
    mutation_root_fields: int
    query_root_fields: int


# GraphiQL's introspection query has to pass: 183 tokens, 229 fields, depth 15. The largest useful
# mutation, with every field of every member, has 98 tokens, 24 fields and depth 3.
LIMITS: Final = Limits(
    characters=16_384,  # the lexer takes up to half a microsecond for each, comments included
    tokens=1_000,  # the parser takes some 5 µs for each, and a document is kept in memory
    fields=300,  # validation compares those of one name pairwise: 20 ms for 300 of them
    written_fields=300,  # the same, for many fragments that each stay below the limit
    depth=20,
    aliases=30,  # two for each root field of a query
    directives=30,
    mutation_root_fields=5,  # each an upstream call of its own, one after the other
    query_root_fields=15,  # each may be an upstream call, up to four at a time
)

_SATURATED: Final = 1_000_000  # counts stop here, so that they stay small integers


@dataclass(frozen=True, slots=True)
class _Size:
    """What a selection set comes to with its fragments spread out; `width` is its own level."""

    fields: int = 0
    depth: int = 0
    aliases: int = 0
    directives: int = 0
    width: int = 0

    def __add__(self, other: "_Size") -> "_Size":
        return _Size(
            min(self.fields + other.fields, _SATURATED),
            max(self.depth, other.depth),
            min(self.aliases + other.aliases, _SATURATED),
            min(self.directives + other.directives, _SATURATED),
            min(self.width + other.width, _SATURATED),
        )


class _FragmentCycleError(Exception):
    """A fragment spreads itself, perhaps through others; its size has no end."""


class _Measure:
    """Measures the definitions of one document, each selection once."""

    def __init__(self, document: DocumentNode) -> None:
        self.written_fields = 0
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._known: dict[str, _Size | None] = {}

    def definition(self, node: OperationDefinitionNode | FragmentDefinitionNode) -> _Size:
        if isinstance(node, FragmentDefinitionNode):
            return self._fragment(node.name.value)
        return self._selections(node.selection_set) + _directives_of(node)

    def _fragment(self, name: str) -> _Size:
        definition = self._fragments.get(name)
        if definition is None:
            return _Size()  # validation refuses it
        if name not in self._known:
            self._known[name] = None  # until it is known: who meets it now is in a cycle
            size = self._selections(definition.selection_set) + _directives_of(definition)
            self._known[name] = size
        size_or_none = self._known[name]
        if size_or_none is None:
            raise _FragmentCycleError(name)
        return size_or_none

    def _selections(self, selection_set: SelectionSetNode | None) -> _Size:
        size = _Size()
        for selection in selection_set.selections if selection_set else ():
            size += self._selection(selection) + _directives_of(selection)
        return size

    def _selection(self, selection: SelectionNode) -> _Size:
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value)
        if isinstance(selection, InlineFragmentNode):
            return self._selections(selection.selection_set)
        assert isinstance(selection, FieldNode)  # noqa: S101 - there is no fourth kind
        self.written_fields += 1
        below = self._selections(selection.selection_set)
        return _Size(
            fields=below.fields + 1,
            depth=below.depth + 1,
            aliases=below.aliases + (selection.alias is not None),
            directives=below.directives,
            width=1,
        )


def exceeded_limits(document: DocumentNode) -> list[GraphQLError]:
    """The limits that a parsed document exceeds; empty if it may be validated.

    Fragments that no operation uses are measured too, because validation looks at them as well.
    """
    measure = _Measure(document)
    errors = list(_exceeded(measure, document))
    if not errors and measure.written_fields > LIMITS.written_fields:
        errors.append(
            GraphQLError(f"Expected at most {LIMITS.written_fields} fields in a document.")
        )
    return errors


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


def _directives_of(
    node: SelectionNode | OperationDefinitionNode | FragmentDefinitionNode,
) -> _Size:
    return _Size(directives=len(node.directives or ()))
