"""Which objects come through whole: none of their fields makes graphql-core null all of them.

A field that cannot be null and cannot be had nulls the object that it belongs to, and that one's
object where it cannot be null either, up to `data`. So a result is looked at as far as such fields
go: below one that may be null, whatever happens stays there.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLEnumType,
    GraphQLField,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    Undefined,
    is_abstract_type,
    is_leaf_type,
)
from strawberry.types.field import StrawberryField

from contact_gateway.operations.strawberry_fields import definition_of, field_of, is_same_field

__all__ = ["Check", "ResolvedFieldError", "WholeResults"]

Check = Callable[[Any], None]
"""Looks at a value; raises anything where graphql-core would null it."""


class ResolvedFieldError(Exception):
    """A field that cannot be null is no plain data: whether it can be had is known too late."""


class WholeResults:
    """Makes the checks of a schema's types. The resolver of `total` is known to never raise."""

    def __init__(self, schema: GraphQLSchema, total: StrawberryField) -> None:
        self._schema = schema
        self._total = total
        self._known: dict[str, Check] = {}

    def check_of(self, kind: GraphQLObjectType) -> Check:
        """How to look at objects of this type.

        Raises:
            ResolvedFieldError: to look at them is not enough; the message names the field.
        """
        if kind.name in self._known:
            return self._known[kind.name]
        fields: list[tuple[str, Check]] = []
        is_one = kind.is_type_of  # Strawberry's own, where the type implements an interface

        def check(value: Any) -> None:
            if is_one is not None and not is_one(value, cast("GraphQLResolveInfo[Any]", None)):
                raise TypeError(f"expected {kind.name}")
            for attribute, check_value in fields:
                check_value(getattr(value, attribute))

        self._known[kind.name] = check  # before its fields are: a type may contain itself
        _require_no_say(kind)
        for name, field in kind.fields.items():
            if isinstance(field.type, GraphQLNonNull):
                attribute = self._attribute(field, f"{kind.name}.{name}")
                if attribute is not None:
                    fields.append((attribute, self._check(field.type.of_type)))
        return check

    def _attribute(self, field: GraphQLField, coordinate: str) -> str | None:
        """The attribute that a field is; None where it need not be looked at."""
        known = field_of(field)
        if known is not None and known.is_basic_field:
            return known.python_name
        if known is not None and is_same_field(known, self._total):
            return None
        raise ResolvedFieldError(f"{coordinate} has a resolver")

    def _check(self, kind: GraphQLOutputType) -> Check:
        """How to look at values of this type, none of which may be null."""
        if is_leaf_type(kind):
            return _leaf(kind)
        if isinstance(kind, GraphQLList):
            return self._items(kind)
        if is_abstract_type(kind):
            return self._member(kind)
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101 - no other output type is left
        return _given(self.check_of(kind))

    def _items(self, kind: GraphQLList[Any]) -> Check:
        item = kind.of_type
        check = self._check(item.of_type) if isinstance(item, GraphQLNonNull) else None

        def check_items(values: Any) -> None:
            if not isinstance(values, Collection) or isinstance(values, str | bytes | Mapping):
                raise TypeError("expected a list")
            if check is not None:
                for value in values:
                    check(value)

        return check_items

    def _member(self, kind: GraphQLAbstractType) -> Check:
        """Of a union or an interface: the object says itself of what type it is."""
        _require_no_say(kind)
        checks = {
            id(definition_of(each)): self.check_of(each)
            for each in self._schema.get_possible_types(kind)
        }

        def check_member(value: Any) -> None:
            checks[id(type(value).__strawberry_definition__)](value)

        return check_member


def _require_no_say(kind: GraphQLObjectType | GraphQLAbstractType) -> None:
    """Refuse a type that decides itself, by code of its own, what belongs to it."""
    definition = definition_of(kind)
    for decision in ("is_type_of", "resolve_type"):
        if getattr(definition, decision, None) is not None:
            raise ResolvedFieldError(f"{kind.name} has an {decision} of its own")


def _given(check: Check) -> Check:
    def check_given(value: Any) -> None:
        if value is None:
            raise TypeError("expected an object")
        check(value)

    return check_given


def _leaf(kind: GraphQLLeafType) -> Check:
    coerce = kind.coerce_output_value
    # to coerce a member of an enum takes 3 µs, and to see that it is one nearly nothing
    is_enum = isinstance(kind, GraphQLEnumType)
    members = getattr(definition_of(kind), "wrapped_cls", None) if is_enum else None

    def check_leaf(value: Any) -> None:
        if members is not None and type(value) is members:
            return
        coerced = None if value is None else coerce(value)
        if coerced is None or coerced is Undefined:
            raise TypeError(f"expected {kind.name}")

    return check_leaf
