"""The contact groups of one request: its caller's, read together where that saves calls."""

import asyncio
from collections.abc import Awaitable, Mapping
from functools import cached_property
from typing import Final

from strawberry.dataloader import DataLoader

from contact_gateway.contact_groups.input_rules import MOST_IDS
from contact_gateway.contact_groups.model import (
    Changes,
    ContactGroup,
    ContactGroupPage,
    ContactGroupQuery,
)
from contact_gateway.contact_groups.rest import ContactGroupsAPI
from contact_gateway.identity import Principal
from contact_gateway.rest_client import Caller
from contact_gateway.settings import Settings

__all__ = ["READ", "WRITE", "ContactGroupsOfRequest", "issued_scopes"]

READ: Final = "contacts:read"
WRITE: Final = "contacts:write"

_MOST_CALLS_AT_A_TIME: Final = 4


def issued_scopes(settings: Settings) -> Mapping[str, tuple[str, ...]]:
    """For each scope those that stand for it in tokens; where none are set, it does itself."""
    return {READ: settings.scope_read or (READ,), WRITE: settings.scope_write or (WRITE,)}


class ContactGroupsOfRequest:
    """What resolvers ask for contact groups; every method raises `UpstreamError` when it fails.

    No permission lets a resolver through that has no `caller`.
    """

    def __init__(self, api: ContactGroupsAPI, principal: Principal, caller: Caller | None) -> None:
        self._api = api
        self._principal = principal
        self._caller = caller

    @property
    def customer(self) -> int | None:
        """The customer of the request; None where the token is not good for the one asked for."""
        return None if self._caller is None else self._caller.customer

    def may(self, scope: str) -> bool | None:
        """Whether the token has a scope for this customer; None if only the upstream can tell."""
        if self._caller is None or not self._principal.has_scope(scope):
            return False
        return True if self._principal.verified else None

    def update(self, contact_group_id: int, changes: Changes) -> Awaitable[bool]:
        """Update a group: True once it is made, False where it is only accepted."""
        may_read = self._principal.has_scope(READ)
        return self._api.update(self._bound, contact_group_id, changes, may_read=may_read)

    async def by_id(self, contact_group_id: int) -> ContactGroup | None:
        """One group; all those that one document asks for are read together, 100 in one call."""
        return await self._loader.load(contact_group_id)

    async def page(self, query: ContactGroupQuery) -> ContactGroupPage:
        """One page of groups. The fields of a query do this concurrently, four at a time."""
        async with self._reads:
            return await self._api.list(self._bound, query)

    @property
    def _bound(self) -> Caller:
        if self._caller is None:
            raise PermissionError("this request has no customer")
        return self._caller

    @cached_property
    def _loader(self) -> DataLoader[int, ContactGroup | None]:
        return DataLoader(load_fn=self._load, max_batch_size=MOST_IDS)

    @cached_property
    def _reads(self) -> asyncio.Semaphore:
        return asyncio.Semaphore(_MOST_CALLS_AT_A_TIME)

    async def _load(self, ids: list[int]) -> list[ContactGroup | None]:
        async with self._reads:
            groups = await self._api.by_ids(self._bound, ids)
        return [groups.get(group_id) for group_id in ids]
