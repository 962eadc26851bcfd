"""A schema that is one of several in a supergraph: Strawberry's support of Apollo Federation 2."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

import strawberry
from strawberry.federation import Schema
from strawberry.federation.schema import FederationAny
from strawberry.federation.schema_directives import Key, Link
from strawberry.federation.types import FieldSet, LinkImport
from strawberry.schema.schema_converter import GraphQLCoreConverter

__all__ = ["DIRECTIVES", "SERVICE", "FederationAny", "Subgraph"]

SERVICE: Final = "_service"
"""The field that tells the whole schema (Apollo Federation, "Subgraph specification")."""

DIRECTIVES: Final = """
directive @link(url: String!, import: [String!]) repeatable on SCHEMA
directive @key(fields: String!, resolvable: Boolean) repeatable on OBJECT
"""
"""What the text of a subgraph uses and does not define, because `@link` does."""

# the first of Federation 2: it has all that is needed here, and no gateway is too old for it
_VERSION: Final = "2.0"
_LINK: Final = f"https://specs.apollo.dev/federation/v{_VERSION}"
_STRAWBERRY: Final = GraphQLCoreConverter.DEFINITION_BACKREF


class Subgraph(Schema):
    """Strawberry's, whose text says by which field each of some types is known to others.

    `keys` has the field by the name of the type. The classes of those types know nothing of it: a
    schema that is no subgraph is made from them too. So a key is there only while it is printed.
    """

    def __init__(self, keys: Mapping[str, str], **parts: Any) -> None:
        link = Link(url=_LINK, import_=[LinkImport("@key")])
        super().__init__(federation_version=_VERSION, schema_directives=[link], **parts)
        self._keys = keys

    def as_str(self) -> str:
        """The schema in the schema definition language; made once, because anybody may ask."""
        return self._text

    @cached_property
    def _text(self) -> str:
        types = {name: self._schema.type_map[name].extensions for name in self._keys}
        plain = {name: extensions[_STRAWBERRY] for name, extensions in types.items()}
        for name, field in self._keys.items():
            key = Key(fields=FieldSet(field), resolvable=strawberry.UNSET)
            directives = [*(plain[name].directives or ()), key]
            types[name][_STRAWBERRY] = replace(plain[name], directives=directives)
        try:
            return super().as_str()
        finally:
            for name, definition in plain.items():
                types[name][_STRAWBERRY] = definition
