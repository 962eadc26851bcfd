"""What resolvers see of a request: one frozen object, never a dict."""

import asyncio
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from strawberry.dataloader import DataLoader

from contact_gateway.identity import Principal
from contact_gateway.observation import RequestRecord
from contact_gateway.upstream import (
    Caller,
    ContactGroup,
    ContactGroupPage,
    ContactGroupQuery,
    ContactGroups,
)

__all__ = ["RequestContext"]

_MOST_CALLS_AT_A_TIME: Final = 4


@dataclass(frozen=True)
class RequestContext:
    """One GraphQL request: who calls, for whom, and the upstream to call.

    `caller` is None when the token does not name the customer that the request asks for; no
    upstream call can then be made.
    """

    request_id: str
    principal: Principal
    caller: Caller | None
    contact_groups: ContactGroups
    record: RequestRecord

    @cached_property
    def contact_group_by_id(self) -> DataLoader[int, ContactGroup | None]:
        """Reads groups by id, all those that one document asks for in one upstream call."""
        return DataLoader(load_fn=self._load_by_ids)

    @property
    def bound_caller(self) -> Caller:
        """The caller, for a resolver that a permission has already let through."""
        if self.caller is None:
            raise PermissionError("this request has no customer")
        return self.caller

    async def list_contact_groups(self, query: ContactGroupQuery) -> ContactGroupPage:
        """Read one page of groups. The fields of a query do this concurrently, four at a time."""
        async with self._reads:
            return await self.contact_groups.list(self.bound_caller, query)

    @cached_property
    def _reads(self) -> asyncio.Semaphore:
        return asyncio.Semaphore(_MOST_CALLS_AT_A_TIME)

    async def _load_by_ids(self, ids: list[int]) -> list[ContactGroup | None]:
        async with self._reads:
            groups = await self.contact_groups.by_ids(self.bound_caller, ids)
        return [groups.get(group_id) for group_id in ids]
