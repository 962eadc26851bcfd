"""What Strawberry knows of a field and says in no documented way; asked here alone."""

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLField, GraphQLNamedType
from strawberry.extensions import FieldExtension
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types import get_object_definition
from strawberry.types.field import StrawberryField

__all__ = [
    "definition_of",
    "extensions_of",
    "field_of",
    "is_object_class",
    "is_same_field",
    "name_of",
]


def definition_of(kind: GraphQLNamedType) -> Any:
    """What Strawberry has made a type of; None if it is none of Strawberry's."""
    return kind.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)


def field_of(field: GraphQLField) -> StrawberryField | None:
    """What Strawberry has made a field of; None if it is none of Strawberry's."""
    found = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return found if isinstance(found, StrawberryField) else None


def is_object_class(kind: object) -> bool:
    """Whether objects of an object type are of exactly this class: those of a generic are not."""
    definition = get_object_definition(kind)
    return definition is not None and definition.is_object_type and definition.concrete_of is None


def extensions_of(field: StrawberryField) -> Sequence[FieldExtension]:
    """The extensions of a field, in the order in which they were given."""
    return field.extensions


def name_of(field: StrawberryField) -> str:
    """What the field is called in Python, for people who look for it."""
    return field.python_name


def is_same_field(one: StrawberryField, other: StrawberryField) -> bool:
    """Whether two are one field: Strawberry may copy one for each class that inherits it."""
    return one.base_resolver is other.base_resolver and one.python_name == other.python_name
