"""Values of variables, coerced by functions that are made once for a type.

graphql-core asks of each value of each request anew what its type is and what belongs to it, which
is most of what coercing it takes. What these functions do not know, graphql-core still does.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from graphql import (
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


def coercion_to(input_type: GraphQLInputType, *, within: bool = False) -> Coerce:
    """How values become values of this type (GraphQL specification 6.1.2).

    `within` an input object, others are left to graphql-core: a type may contain itself.
    """
    if isinstance(input_type, GraphQLNonNull):
        return _never_null(coercion_to(input_type.of_type, within=within))
    if is_leaf_type(input_type):
        return _leaf(input_type.coerce_input_value)
    if isinstance(input_type, GraphQLInputObjectType) and not (within or input_type.is_one_of):
        return _object(input_type)
    return partial(coerce_input_value, type_=input_type)


def _leaf(coerce: Coerce) -> Coerce:
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
    fields = {
        name: (field, coercion_to(field.type, within=True))
        for name, field in input_type.fields.items()
    }
    required = {name for name, (field, _) in fields.items() if is_required_input_field(field)}

    def coerce_object(value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, dict) or not required <= value.keys() <= fields.keys():
            return Undefined
        coerced: dict[str, Any] = {}
        for name, (field, coerce) in fields.items():
            result = coerce(value[name]) if name in value else coerce_default_value(field)
            if result is not Undefined:
                coerced[field.out_name or name] = result
            elif name in value:
                return Undefined
        return input_type.out_type(coerced)

    return coerce_object
