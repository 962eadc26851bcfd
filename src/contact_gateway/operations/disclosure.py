"""What error messages may tell of a schema that callers cannot introspect.

graphql-core can leave out most of its suggestions ("Did you mean"). This takes the others out, and
the names of the schema that stand in plain error text: the type of an argument, the name of one
that is missing. A name that the client sent itself stays, and so do those of the GraphQL
specification.
"""

import re
from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    is_introspection_type,
    is_specified_directive,
    is_specified_scalar_type,
)

__all__ = ["Disclosure", "words_in"]

_HIDDEN = "…"

# from the first space or comma of several: else the time would grow with the square of their number
_SUGGESTION = re.compile(r"(?<![ ,])[ ,]+did you mean\b.*", re.IGNORECASE | re.DOTALL)
# between single quotes, as graphql-core writes names; quotes are looked at and not consumed, so
# that a quote in text of the client cannot make a name look unquoted
_QUOTED = re.compile(r"(?<=')[^'\s]+(?=')")
_WORD = re.compile(r"\w+")


def words_in(text: str) -> frozenset[str]:
    """Every word of a text, names among them."""
    return frozenset(_WORD.findall(text))


class Disclosure:
    """What error messages tell of a schema: with `full`, all that graphql-core does."""

    def __init__(self, schema: GraphQLSchema, *, full: bool) -> None:
        self.full = full
        self._names = frozenset(() if full else _names_of(schema))

    def reword(self, message: str, sent: frozenset[str]) -> str:
        """A message as a client may see it that sent the words `sent` itself."""
        if self.full:
            return message
        hidden = self._names - sent

        def without_names(quoted: re.Match[str]) -> str:
            return _WORD.sub(lambda word: _HIDDEN if word[0] in hidden else word[0], quoted[0])

        return _QUOTED.sub(without_names, _SUGGESTION.sub("", message))


def _names_of(schema: GraphQLSchema) -> Iterator[str]:
    roots = (schema.query_type, schema.mutation_type)
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        if kind not in roots:  # their names are the specification's
            yield name
        if isinstance(kind, GraphQLEnumType):
            yield from kind.values
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            yield from kind.fields
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field in kind.fields.values():
                yield from field.args
    for directive in schema.directives:
        if not is_specified_directive(directive):
            yield directive.name
            yield from directive.args
