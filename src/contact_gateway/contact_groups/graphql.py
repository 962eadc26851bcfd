"""The public API of contact groups: the queries, the mutation, and the schema that they make."""

from http import HTTPStatus
from typing import Annotated, Final

import strawberry
from graphql import GraphQLError, GraphQLSchema

from contact_gateway.contact_groups.input_rules import LARGEST_PAGE, InputRules, groups_of_page
from contact_gateway.contact_groups.model import ContactGroupQuery
from contact_gateway.contact_groups.of_request import READ, WRITE, ContactGroupsOfRequest
from contact_gateway.contact_groups.types import (
    ContactGroupFilter,
    ContactGroupNotFoundError,
    ContactGroupPageType,
    ContactGroupType,
    SortDirection,
    UpdateContactGroupInput,
    UpdateContactGroupSuccess,
    Viewer,
)
from contact_gateway.contact_groups.update_fields import require_update_fields
from contact_gateway.context import RequestContext
from contact_gateway.failures import (
    FailuresAsData,
    Noted,
    requires,
    total_schema,
)
from contact_gateway.federation import Entity, subgraph_schema
from contact_gateway.operations import costs, executable
from contact_gateway.rest_client.problems import NotFoundError, Problem, UnexpectedAnswerError

__all__ = ["ENTITIES", "Mutation", "Query", "build_schema", "print_sdl"]

Info = strawberry.Info[RequestContext[ContactGroupsOfRequest], None]


@strawberry.type(description="The reads.")
class Query:
    """The reads. Those of contact groups need the scope contacts:read."""

    @strawberry.field(
        description="One contact group of the customer, or null when there is none with this id.",
        extensions=[requires(READ), Noted()],
        metadata=costs(lambda _: 1),
    )
    async def contact_group(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id of the group.")],
    ) -> ContactGroupType | None:
        """Read one group; those of one document are read in one upstream call."""
        return await _read_group(info, id, ("id",))

    @strawberry.field(
        description="A page of the customer's contact groups.",
        extensions=[requires(READ), Noted()],
        metadata=costs(lambda arguments: groups_of_page(arguments["pageSize"])),
    )
    async def contact_groups(
        self,
        info: Info,
        filter: Annotated[
            ContactGroupFilter | None,
            strawberry.argument(description="Which groups; all of them if left out."),
        ] = strawberry.UNSET,
        order_by_name: Annotated[
            SortDirection, strawberry.argument(description="Which way to sort by name.")
        ] = SortDirection.ASCENDING,
        page: Annotated[int, strawberry.argument(description="1 to 2147483.")] = 1,
        page_size: Annotated[int, strawberry.argument(description="1 to 1000.")] = 50,
    ) -> ContactGroupPageType:
        """List one page of groups."""
        filters = filter or ContactGroupFilter()
        with InputRules() as rules:
            query = ContactGroupQuery(
                ids=rules.ids(filters.ids, "filter", "ids"),
                name_prefix=rules.text(filters.name_prefix or "", "filter", "namePrefix"),
                direction=order_by_name.direction,
                page_number=rules.number(page, 1, 2_147_483, "page"),
                page_size=rules.number(page_size, 1, LARGEST_PAGE, "pageSize"),
            )
        found = await info.context.resources.page(query)
        for position in found.malformed:
            path = [*info.path.as_list(), "items", position]
            unread = UnexpectedAnswerError(Problem(HTTPStatus.OK))
            info.context.partial_errors.append(
                GraphQLError("unreadable", path=path, original_error=unread)
            )
        return ContactGroupPageType.of(found)

    @strawberry.field(
        description="What the caller may do, so that a client need not offer what would be "
        "refused. Needs no scope and makes no call.",
        extensions=[Noted()],
    )
    async def viewer(self, info: Info) -> Viewer:
        """Tell what the token says."""
        resources = info.context.resources
        customer = resources.customer
        return Viewer(
            customer_id=None if customer is None else strawberry.ID(str(customer)),
            can_read_contact_groups=resources.may(READ),
            can_update_contact_groups=resources.may(WRITE),
        )


@strawberry.type(description="The writes.")
class Mutation:
    """The write. It needs the scope contacts:write."""

    @strawberry.mutation(
        description="Update a contact group. Requires the scope contacts:write.",
        extensions=[
            requires(WRITE),
            FailuresAsData(
                "UpdateContactGroupResult",
                also_meets=[NotFoundError],
                own_types=[ContactGroupNotFoundError],
                idempotent=True,
            ),
        ],
    )
    async def update_contact_group(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id of the group.")],
        input: Annotated[UpdateContactGroupInput, strawberry.argument(description="The changes.")],
    ) -> UpdateContactGroupSuccess:
        """Update one group; every failure becomes a member of the union (`failures/table.py`)."""
        with InputRules() as rules:
            group_id = rules.id(id, "id")
            changes = rules.changes(input.given)
        made = await info.context.resources.update(group_id, changes)
        return UpdateContactGroupSuccess.of(group_id, changes, made=made)


async def _read_group(
    info: Info, contact_group_id: str, path: tuple[str, ...]
) -> ContactGroupType | None:
    """Read a group that another subgraph refers to; with all others in one upstream call."""
    with InputRules() as rules:
        group_id = rules.id(contact_group_id, *path)
    group = await info.context.resources.by_id(group_id)
    return None if group is None else ContactGroupType.of(group)


ENTITIES: Final = (Entity(ContactGroupType, key="id", scope=READ, read=_read_group),)
"""What other subgraphs can refer to."""


def build_schema(*, federation: bool = False) -> GraphQLSchema:
    """The executable schema; with `federation`, that of a subgraph.

    Raises:
        IncompleteUnionError: a mutation could end in nothing at all.
        InputFieldsError: the fields of an input are not the same everywhere.
    """
    return executable(_schema(federation=federation))


def print_sdl(*, federation: bool = False) -> str:
    """The schema in the schema definition language, as in schema.graphql."""
    return _schema(federation=federation).as_str() + "\n"


def _schema(*, federation: bool) -> strawberry.Schema:
    if federation:
        schema = subgraph_schema(Query, Mutation, ENTITIES)
    else:
        schema = total_schema(Query, Mutation)
    require_update_fields(executable(schema))
    return schema
