"""The public API: contact groups, the two queries and the mutation."""

from collections.abc import Mapping
from enum import Enum
from typing import Annotated

import strawberry
from strawberry.types import get_object_definition
from strawberry.types.arguments import InputContext

from contact_gateway import upstream
from contact_gateway.context import RequestContext
from contact_gateway.schema import errors
from contact_gateway.schema.input_rules import InputRules
from contact_gateway.schema.permissions import requires
from contact_gateway.schema.results import Noted

__all__ = ["Mutation", "Query"]

Info = strawberry.Info[RequestContext, None]


@strawberry.type(description="A named set of contacts that belongs to one customer.")
class ContactGroup:
    """A contact group as clients see it."""

    id: strawberry.ID = strawberry.field(description="A positive 64-bit integer, as a string.")
    name: str

    @classmethod
    def of(cls, group: upstream.ContactGroup) -> "ContactGroup":
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


def _read_update(
    of_type: type, given: Mapping[str, str | None], _: InputContext
) -> UpdateContactGroupInput:
    """The input that a request gives, whose types graphql-core has checked already."""
    return of_type(name=strawberry.Some(given["name"]) if "name" in given else None)  # type: ignore[no-any-return]


# Strawberry's own way asks everything of each field anew for each request: a tenth of a mutation
get_object_definition(UpdateContactGroupInput, strict=True).from_input = _read_update


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
    """Which way to sort; the values are the upstream's."""

    ASCENDING = "ascending"
    DESCENDING = "descending"


@strawberry.type(description="A page of contact groups.")
class ContactGroupPage:
    """A page of contact groups."""

    items: list[ContactGroup]
    page_number: int
    page_size: int
    item_count: int
    has_next_page: bool = strawberry.field(
        description="Whether this page was full, so that another may follow. The upstream "
        "reports no total."
    )


@strawberry.type(description="The change was made.")
class UpdateContactGroupSuccess:
    """The changed group."""

    contact_group: ContactGroup = strawberry.field(
        description="The group as the upstream accepted it; id and name are enough for a client "
        "cache to update itself."
    )


UpdateContactGroupResult = Annotated[
    UpdateContactGroupSuccess
    | errors.InvalidInputError
    | errors.ContactGroupNotFoundError
    | errors.PermissionDeniedError
    | errors.RequestRejectedError
    | errors.RateLimitedError
    | errors.UpstreamUnavailableError
    | errors.UnexpectedProblemError,
    strawberry.union(
        "UpdateContactGroupResult", description="Success, or one type for every kind of failure."
    ),
]


@strawberry.type
class Query:
    """The reads. Both need the scope contacts:read."""

    @strawberry.field(
        description="One contact group of the customer, or null when there is none with this id.",
        extensions=[requires("contacts:read"), Noted()],
    )
    async def contact_group(self, info: Info, id: strawberry.ID) -> ContactGroup | None:
        """Read one group; those of one document are read in one upstream call."""
        with InputRules() as rules:
            group_id = rules.id(id, "id")
        group = await info.context.contact_group_by_id.load(group_id)
        return None if group is None else ContactGroup.of(group)

    @strawberry.field(
        description="A page of the customer's contact groups.",
        extensions=[requires("contacts:read"), Noted()],
    )
    async def contact_groups(
        self,
        info: Info,
        filter: ContactGroupFilter | None = strawberry.UNSET,
        order_by_name: SortDirection = SortDirection.ASCENDING,
        page: Annotated[int, strawberry.argument(description="1 to 2147483.")] = 1,
        page_size: Annotated[int, strawberry.argument(description="1 to 1000.")] = 50,
    ) -> ContactGroupPage:
        """List one page of groups."""
        with InputRules() as rules:
            query = upstream.ContactGroupQuery(
                ids=rules.ids(filter.ids if filter else None, "filter", "ids"),
                name_prefix=rules.text(
                    (filter and filter.name_prefix) or "", "filter", "namePrefix"
                ),
                direction=order_by_name.value,
                page_number=rules.number(page, 1, 2_147_483, "page"),
                page_size=rules.number(page_size, 1, 1000, "pageSize"),
            )
        found = await info.context.list_contact_groups(query)
        return ContactGroupPage(
            items=[ContactGroup.of(group) for group in found.items],
            page_number=found.page_number,
            page_size=found.page_size,
            item_count=len(found.items),
            has_next_page=len(found.items) >= found.page_size,
        )


@strawberry.type
class Mutation:
    """The write. It needs the scope contacts:write."""

    @strawberry.mutation(
        description="Update a contact group. Requires the scope contacts:write.",
        extensions=[requires("contacts:write"), Noted()],
    )
    async def update_contact_group(
        self, info: Info, id: strawberry.ID, input: UpdateContactGroupInput
    ) -> UpdateContactGroupResult:
        """Rename one group; every failure becomes a member of the union (`failures.py`)."""
        with InputRules() as rules:
            group_id = rules.id(id, "id")
            name = rules.new_name(input.name, "input", "name")
        await info.context.contact_groups.update(info.context.bound_caller, group_id, name)
        return UpdateContactGroupSuccess(
            contact_group=ContactGroup(id=strawberry.ID(str(group_id)), name=name)
        )
