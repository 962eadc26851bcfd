"""Which directives a schema applies, and to what."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import GraphQLSchema, is_introspection_type, print_ast

__all__ = ["applied_directives"]


def applied_directives(schema: GraphQLSchema) -> Mapping[str, frozenset[str]]:
    """The directives as they are written, by what they are applied to, such as `Query.viewer`.

    What they may be applied to has a place, though none is.
    """
    return {
        place: frozenset(
            print_ast(directive) for node in nodes for directive in node.directives or ()
        )
        for place, nodes in _places(schema)
    }


def _places(schema: GraphQLSchema) -> Iterator[tuple[str, list[Any]]]:
    """Everything that has a definition in the text, and the nodes of that."""
    yield "the schema", _nodes_of(schema)
    for kind in schema.type_map.values():
        if is_introspection_type(kind):
            continue
        yield str(kind), _nodes_of(kind)
        # of objects, interfaces and inputs; of enums
        parts = {**getattr(kind, "fields", {}), **getattr(kind, "values", {})}
        for name, part in parts.items():
            yield f"{kind}.{name}", _nodes_of(part)
            for arg, argument in getattr(part, "args", {}).items():
                yield f"{kind}.{name}({arg}:)", _nodes_of(argument)


def _nodes_of(defined: Any) -> list[Any]:
    """The definition and its extensions; what is built in has neither."""
    nodes = [defined.ast_node, *(getattr(defined, "extension_ast_nodes", None) or ())]
    return [node for node in nodes if node is not None]
