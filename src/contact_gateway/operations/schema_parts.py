"""What a schema defines, piece by piece."""

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLSchema, is_introspection_type

__all__ = ["parts_of"]


def parts_of(schema: GraphQLSchema) -> Iterator[tuple[str, Any]]:
    """Each part, by the name that graphql-core has for it where it tells of changes.

    Such as `Query`, `Query.viewer`, `Query.viewer(of:)` and `@key(fields:)`.
    """
    yield "the schema", schema
    for kind in schema.type_map.values():
        if is_introspection_type(kind):
            continue
        yield str(kind), kind
        # of objects, interfaces and inputs; of enums
        parts = {**getattr(kind, "fields", {}), **getattr(kind, "values", {})}
        for name, part in parts.items():
            yield f"{kind}.{name}", part
            for arg, argument in getattr(part, "args", {}).items():
                yield f"{kind}.{name}({arg}:)", argument
    for directive in schema.directives:
        for arg, argument in directive.args.items():
            yield f"@{directive.name}({arg}:)", argument
