"""The GraphQL types of contact groups, and the inputs that ask for them."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Literal, TypeVar

import strawberry

from contact_gateway.contact_groups.input_rules import UPDATE_FIELDS, InputField
from contact_gateway.contact_groups.model import Changes, ContactGroup, ContactGroupPage
from contact_gateway.failures import MutationError, NotFound, WriteOutcome
from contact_gateway.operations import read_input_with

__all__ = [
    "ContactGroupFilter",
    "ContactGroupNotFoundError",
    "ContactGroupPageType",
    "ContactGroupType",
    "SortDirection",
    "UpdateContactGroupInput",
    "UpdateContactGroupSuccess",
    "Viewer",
    "read_by",
]


@strawberry.type(
    name="ContactGroup", description="A named set of contacts that belongs to one customer."
)
class ContactGroupType:
    """A contact group as clients see it."""

    id: strawberry.ID = strawberry.field(description="A positive 64-bit integer, as a string.")
    name: str = strawberry.field(description="What people call it.")

    @classmethod
    def of(cls, group: ContactGroup) -> "ContactGroupType":
        """The GraphQL form of a group."""
        return cls(id=strawberry.ID(str(group.id)), name=group.name)


@strawberry.input(
    description="At least one field must be given. A field left out keeps its current value; "
    "null is refused."
)
class UpdateContactGroupInput:
    """What to change. Dumb on purpose: arguments are converted before permissions are checked."""

    # Maybe[str] would refuse null for the whole document, in Python's words
    name: strawberry.Maybe[str | None] = strawberry.field(
        description="The new name of the contact group."
    )

    @property
    def given(self) -> Mapping[str, str | None]:
        """The fields that the request gives, null ones too."""
        return {name: some.value for name, some in vars(self).items() if some is not None}


Input = TypeVar("Input")


def read_by(input_type: type[Input], known: Sequence[InputField]) -> None:
    """Let an input, all of whose fields are optional, be read by what is known of them."""
    nothing_given = dict.fromkeys(field.name for field in known)
    names = {field.graphql_name: field.name for field in known}

    def read(given: Mapping[str, Any]) -> Input:
        """The input that a request gives, whose types graphql-core has checked already."""
        fields = {names[name]: strawberry.Some(value) for name, value in given.items()}
        return input_type(**{**nothing_given, **fields})

    read_input_with(input_type, read)


read_by(UpdateContactGroupInput, UPDATE_FIELDS)


@strawberry.input(description="Which contact groups to list.")
class ContactGroupFilter:
    """Filters; one that is left out or null filters nothing."""

    ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description="Only groups with one of these ids."
    )
    name_prefix: str | None = strawberry.field(
        default=strawberry.UNSET, description="Only groups whose name equals or starts with this."
    )


@strawberry.enum(description="Which way to sort.")
class SortDirection(Enum):
    """Which way to sort."""

    ASCENDING = strawberry.enum_value("ASCENDING", description="From A to Z.")
    DESCENDING = strawberry.enum_value("DESCENDING", description="From Z to A.")

    @property
    def direction(self) -> Literal["ascending", "descending"]:
        """The upstream's word for it."""
        return "ascending" if self is SortDirection.ASCENDING else "descending"


@strawberry.type(name="ContactGroupPage", description="A page of contact groups.")
class ContactGroupPageType:
    """A page of contact groups as clients see it."""

    items: list[ContactGroupType] = strawberry.field(description="The groups, in their order.")
    page_number: int = strawberry.field(description="Which page this is; the first is 1.")
    page_size: int = strawberry.field(description="How many groups a full page has.")
    item_count: int = strawberry.field(description="How many groups are on this page.")
    has_next_page: bool = strawberry.field(
        description="Whether this page was full, so that another may follow. The upstream "
        "reports no total."
    )

    @classmethod
    def of(cls, page: ContactGroupPage) -> "ContactGroupPageType":
        """The GraphQL form of a page."""
        return cls(
            items=[ContactGroupType.of(group) for group in page.items],
            page_number=page.page_number,
            page_size=page.page_size,
            item_count=len(page.items),
            has_next_page=page.is_full,
        )


@strawberry.type(description="The caller of this request, as the access token says.")
class Viewer:
    """What a client may offer; the permissions themselves are checked field by field."""

    customer_id: strawberry.ID | None = strawberry.field(
        description="The customer whose data this request is about; null where the token is not "
        "good for the one asked for."
    )
    can_read_contact_groups: bool | None = strawberry.field(
        description="Whether the token has contacts:read for this customer; null where only the "
        "upstream can tell."
    )
    can_update_contact_groups: bool | None = strawberry.field(
        description="Whether the token has contacts:write for this customer; null where only the "
        "upstream can tell."
    )


@strawberry.type(description="The change was made, or will be.")
class UpdateContactGroupSuccess:
    """The changed group."""

    contact_group: ContactGroupType | None = strawberry.field(
        description="The group after the change, enough for a client cache to update itself; null "
        "where it cannot be told."
    )
    outcome: WriteOutcome = strawberry.field(
        description="APPLIED, or ACCEPTED where the upstream has taken the change on and not said "
        "that it is made (202)."
    )

    @classmethod
    def of(
        cls, contact_group_id: int, changes: Changes, *, made: bool
    ) -> "UpdateContactGroupSuccess":
        """What to say of changes that are made, or only accepted.

        The group is told where the changes say all of it; one to come is none yet.
        """
        if not made:
            return cls(contact_group=None, outcome=WriteOutcome.ACCEPTED)
        try:
            group = ContactGroupType(id=strawberry.ID(str(contact_group_id)), **changes)
        except TypeError:  # it has fields that were not changed
            return cls(contact_group=None, outcome=WriteOutcome.APPLIED)
        return cls(contact_group=group, outcome=WriteOutcome.APPLIED)


@strawberry.type(description="The customer has no contact group with this id.")
class ContactGroupNotFoundError(MutationError, NotFound):
    """The group that was not found."""

    contact_group_id: strawberry.ID = strawberry.field(description="The id that was asked for.")

    @classmethod
    def own_fields(cls, exception: Exception) -> Mapping[str, Any]:
        """The group, and what to say of it."""
        return {
            "contact_group_id": str(getattr(exception, "resource_id", "")),
            "message": "There is no such contact group.",
        }
