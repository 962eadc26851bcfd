"""What a document says twice over, taken out of it: neither validation nor execution needs it.

Validation compares fields of one name pairwise, so that a hundred repetitions of a short one would
take as long as a hundred long documents.
"""

from dataclasses import replace
from typing import TypeVar

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
)

__all__ = ["without_repetition"]

_Selecting = TypeVar(
    "_Selecting",
    bound=OperationDefinitionNode | FragmentDefinitionNode | FieldNode | InlineFragmentNode,
)


def without_repetition(document: DocumentNode) -> DocumentNode:
    """The document without fields and spreads that one selection set has already.

    Only those go that are a name and nothing else: what they ask for is then the same (GraphQL
    specification 6.3.2), and is asked for where it stood first.
    """
    definitions = tuple(
        _thinned(definition)
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode)
        else definition
        for definition in document.definitions
    )
    if all(new is old for new, old in zip(definitions, document.definitions, strict=True)):
        return document
    return replace(document, definitions=definitions)


def _thinned(node: _Selecting) -> _Selecting:
    """A node without the repetitions below it: the same object if there are none."""
    if node.selection_set is None:
        return node
    selections = node.selection_set.selections
    kept: dict[object, SelectionNode] = {}
    same = True
    for selection in selections:
        below = selection
        if isinstance(selection, FieldNode | InlineFragmentNode):
            below = _thinned(selection)
            same = same and below is selection
        kept.setdefault(_only_name(selection) or id(selection), below)
    if same and len(kept) == len(selections):
        return node
    return replace(node, selection_set=replace(node.selection_set, selections=tuple(kept.values())))


def _only_name(selection: SelectionNode) -> tuple[str, ...] | None:
    """The name that a selection is, if it is nothing else."""
    if selection.directives:
        return None
    if isinstance(selection, FragmentSpreadNode):
        return ("...", selection.name.value)
    if isinstance(selection, FieldNode) and not (selection.arguments or selection.selection_set):
        return (selection.alias.value if selection.alias else "", selection.name.value)
    return None
