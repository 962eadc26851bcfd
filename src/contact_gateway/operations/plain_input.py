"""Values of variables, coerced by functions that are made once for a type.

graphql-core asks of each value of each request anew what its type is and what belongs to it, which
is most of what coercing it takes. What these functions do not know, graphql-core still does.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from graphql import (
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNonNull,
    Undefined,
    coerce_input_value,
    is_leaf_type,
    is_required_input_field,
)
from graphql.utilities.coerce_input_value import coerce_default_value

__all__ = ["Coerce", "coercion_to"]

Coerce = Callable[[Any], Any]
"""What graphql-core's `coerce_input_value` does for one type: the value as resolvers see it, or
`Undefined` where it is none of that type."""


def coercion_to(input_type: GraphQLInputType) -> Coerce:
    """How values become values of this type (GraphQL specification 6.1.2)."""
    if isinstance(input_type, GraphQLNonNull):
        return _never_null(coercion_to(input_type.of_type))
    if isinstance(input_type, GraphQLInputObjectType) and not input_type.is_one_of:
        return _object(input_type)
    return _value(input_type)


def _value(input_type: GraphQLInputType) -> Coerce:
    if isinstance(input_type, GraphQLNonNull):
        return _never_null(_value(input_type.of_type))
    if not is_leaf_type(input_type):
        return partial(coerce_input_value, type_=input_type)
    coerce = input_type.coerce_input_value

    def coerce_leaf(value: Any) -> Any:
        if value is None:
            return None
        try:
            return coerce(value)
        except Exception:  # noqa: BLE001 - as graphql-core: a scalar may raise anything
            return Undefined

    return coerce_leaf


def _never_null(coerce: Coerce) -> Coerce:
    return lambda value: Undefined if value is None else coerce(value)


def _object(input_type: GraphQLInputObjectType) -> Coerce:
    # input objects within are left to graphql-core: a type may contain itself
    fields = {name: (field, _value(field.type)) for name, field in input_type.fields.items()}

    def coerce_object(value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, dict) or not value.keys() <= fields.keys():
            return Undefined
        coerced: dict[str, Any] = {}
        for name, (field, coerce) in fields.items():
            result = coerce(value[name]) if name in value else _left_out(field)
            if result is not Undefined:
                coerced[field.out_name or name] = result
            elif name in value or is_required_input_field(field):
                return Undefined
        return input_type.out_type(coerced)

    return coerce_object


def _left_out(field: GraphQLInputField) -> Any:
    return Undefined if is_required_input_field(field) else coerce_default_value(field)
