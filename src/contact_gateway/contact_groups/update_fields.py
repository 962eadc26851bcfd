"""Looks whether the fields of an update are the same everywhere, before the gateway starts."""

from collections.abc import Sequence
from dataclasses import fields

from graphql import GraphQLInputObjectType, GraphQLSchema

from contact_gateway.contact_groups.input_rules import UPDATE_FIELDS, InputField
from contact_gateway.contact_groups.model import ContactGroup
from contact_gateway.contact_groups.types import ContactGroupType, UpdateContactGroupInput

__all__ = ["InputFieldsError", "require_update_fields"]

_ELSEWHERE = """\
Each field of an update has its place in
- contact_groups/input_rules.py, UPDATE_FIELDS: rule, path of a field error, property of the body
- contact_groups/types.py, UpdateContactGroupInput: the field itself
- contact_groups/types.py, ContactGroupType: what a change is answered with
- contact_groups/model.py, ContactGroup: what it is read back by, in contact_groups/rest.py
- sandbox/inputs.py, new_name: the peer that takes it"""


class InputFieldsError(Exception):
    """A field of an update is known in one place and not in another; the message names them all."""


def require_update_fields(
    schema: GraphQLSchema, known: Sequence[InputField] = UPDATE_FIELDS
) -> None:
    """Look whether `known`, input, group and `schema` agree on what can be updated.

    Raises:
        InputFieldsError: they do not.
    """
    update = schema.type_map["UpdateContactGroupInput"]
    assert isinstance(update, GraphQLInputObjectType)  # noqa: S101 - its name is there
    names = {field.name for field in known}
    faults = [
        f"{place} has {sorted(found)}, and UPDATE_FIELDS {sorted(expected)}."
        for place, found, expected in (
            ("UpdateContactGroupInput", _attributes(UpdateContactGroupInput), names),
            ("UpdateContactGroupInput in GraphQL", {*update.fields}, _in_graphql(known)),
        )
        if found != expected
    ]
    faults += [
        f"{group.__name__} has no {name}."
        for group in (ContactGroup, ContactGroupType)
        for name in sorted(names - _attributes(group))
    ]
    if faults:
        raise InputFieldsError("\n".join([*faults, _ELSEWHERE]))


def _attributes(kind: type) -> set[str]:
    return {field.name for field in fields(kind)}


def _in_graphql(known: Sequence[InputField]) -> set[str]:
    return {field.graphql_name for field in known}
