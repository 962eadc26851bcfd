"""Fields that documents ask for under one name of several types: `... on A { x } ... on B { x }`.

Whoever looks at what a union may be asks so, and only if both have the same shape (GraphQL,
"Field Selection Merging"). So a field that only becomes non-null may break such a document.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations

from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)

__all__ = ["Pair", "mergeable_fields"]

Pair = tuple[str, str]
"""Two fields, such as `("A.x", "B.x")`."""


def mergeable_fields(schema: GraphQLSchema) -> Mapping[Pair, bool]:
    """Whether two fields may be asked for side by side, of all that have one name in two types."""
    return dict(_pairs(schema))


def _pairs(schema: GraphQLSchema) -> Iterator[tuple[Pair, bool]]:
    for abstract in filter(is_abstract_type, schema.type_map.values()):
        possible = sorted(schema.get_possible_types(abstract), key=str)
        for one, other in combinations(possible, 2):
            yield from _pairs_of(one, other)


def _pairs_of(one: GraphQLObjectType, other: GraphQLObjectType) -> Iterator[tuple[Pair, bool]]:
    for name in one.fields.keys() & other.fields.keys():
        types = one.fields[name].type, other.fields[name].type
        yield (f"{one}.{name}", f"{other}.{name}"), _have_one_shape(*types)


def _have_one_shape(one: GraphQLType, other: GraphQLType) -> bool:
    named, others = get_named_type(one), get_named_type(other)
    if is_leaf_type(named) or is_leaf_type(others):
        return str(one) == str(other)
    # what is asked for of two objects is compared by itself
    return str(one).replace(str(named), "") == str(other).replace(str(others), "")
