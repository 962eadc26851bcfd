"""A contestant: the same mutation as Strawberry's documentation has it, before stock httpx."""

import os
from typing import Annotated, Any

import httpx
import strawberry
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

__all__ = ["app"]


@strawberry.type
class ContactGroup:
    """A named set of contacts."""

    id: strawberry.ID
    name: str


@strawberry.input
class UpdateContactGroupInput:
    """What to change."""

    name: str


@strawberry.type
class UpdateContactGroupSuccess:
    """The group as it is now."""

    contact_group: ContactGroup


@strawberry.type
class UpdateContactGroupError:
    """What the REST API answered."""

    message: str
    status: int


UpdateContactGroupResult = Annotated[
    UpdateContactGroupSuccess | UpdateContactGroupError,
    strawberry.union("UpdateContactGroupResult"),
]


@strawberry.type
class Query:
    """A schema must have one."""

    version: str = "1"


@strawberry.type
class Mutation:
    """The operation under test."""

    @strawberry.mutation
    async def update_contact_group(
        self, info: strawberry.Info, id: strawberry.ID, input: UpdateContactGroupInput
    ) -> UpdateContactGroupResult:
        """Update a contact group."""
        request: Request = info.context["request"]
        client: httpx.AsyncClient = info.context["client"]
        answer = await client.patch(
            f"/v1/contactGroups/{int(id)}",
            json={"name": input.name},
            headers={
                "Authorization": request.headers["Authorization"],
                "Customer-Id": request.headers["Customer-Id"],
            },
        )
        if answer.is_success:
            return UpdateContactGroupSuccess(contact_group=ContactGroup(id=id, name=input.name))
        return UpdateContactGroupError(message=answer.text, status=answer.status_code)


class View(GraphQL[Any, None]):
    """Strawberry's own ASGI view, with one client for all requests."""

    client: httpx.AsyncClient | None = None

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Any:
        """What the resolver needs."""
        if self.client is None:
            self.client = httpx.AsyncClient(base_url=os.environ["UPSTREAM_URL"], timeout=60)
        return {"request": request, "response": response, "client": self.client}


app = View(strawberry.Schema(query=Query, mutation=Mutation))
