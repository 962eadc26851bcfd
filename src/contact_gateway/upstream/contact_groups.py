"""The contact group operations of the REST API, one method each."""

import time
from collections.abc import Callable, Collection
from http import HTTPStatus

import httpx
import orjson

from contact_gateway.upstream.answers import read_failure
from contact_gateway.upstream.caller import Caller
from contact_gateway.upstream.listing import (
    ContactGroup,
    ContactGroupPage,
    ContactGroupQuery,
    query_string,
    read_page,
)
from contact_gateway.upstream.problems import (
    FateUnknownError,
    NotAnsweredError,
    UnavailableError,
    UpstreamError,
)
from contact_gateway.upstream.retries import Repeat

__all__ = ["ContactGroups"]


class ContactGroups:
    """The upstream's contact groups; every method raises `UpstreamError` when it fails.

    `now` tells the time as seconds since the epoch, for dates in `Retry-After`.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        base_url: str,
        *,
        expose_server_problems: bool,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._transport = transport
        self._url = httpx.URL(f"{base_url}/v1/contactGroups")
        self._path = self._url.raw_path.decode("ascii")
        self._expose_server_problems = expose_server_problems
        self._now = now

    async def update(self, caller: Caller, contact_group_id: int, name: str) -> None:
        """Update the details of one group ("Update a contact group"). Any 2xx is success.

        Raises:
            FateUnknownError: the first attempt got no clear answer, and reading the group back
                did not help.
        """
        try:
            await self._update(caller, contact_group_id, name)
        except (NotAnsweredError, UnavailableError) as unclear:
            await self._settle(caller, contact_group_id, name, unclear)

    async def list(
        self, caller: Caller, query: ContactGroupQuery, repeat: Repeat | None = None
    ) -> ContactGroupPage:
        """List one page of the customer's contact groups ("Get a list of contact groups")."""
        if query.ids == ():  # the API refuses an empty filter, and the answer is known
            return ContactGroupPage((), query.page_number, query.page_size)
        target = f"{self._path}?{query_string(query)}"
        response = await self._send(caller, "GET", target, b"", repeat)
        if response.status_code != HTTPStatus.OK:
            raise read_failure(
                response, self._now(), expose_server_problems=self._expose_server_problems
            )
        return read_page(response, query)

    async def by_ids(
        self, caller: Caller, ids: Collection[int], repeat: Repeat | None = None
    ) -> dict[int, ContactGroup]:
        """Read several groups in one call; an id without a group is left out of the answer."""
        query = ContactGroupQuery(ids=tuple(ids), page_size=len(ids))
        page = await self.list(caller, query, repeat)
        return {group.id: group for group in page.items if group.id in ids}

    async def _update(
        self, caller: Caller, contact_group_id: int, name: str, repeat: Repeat | None = None
    ) -> None:
        target = f"{self._path}/{contact_group_id}"
        # a copy, because what orjson returns takes up 4 KiB for as long as the call lasts
        content = bytes(memoryview(orjson.dumps({"name": name})))
        response = await self._send(caller, "PATCH", target, content, repeat)
        if not response.is_success:
            raise read_failure(
                response,
                self._now(),
                expose_server_problems=self._expose_server_problems,
                contact_group_id=contact_group_id,
            )

    async def _settle(
        self, caller: Caller, contact_group_id: int, name: str, unclear: UpstreamError
    ) -> None:
        """Find out what became of an update without a clear answer, and repeat it once.

        Nothing here may tell that the update was not made, whatever is answered: a write that is
        late may land at any time. So every failure is a FateUnknownError.

        The name before the update is not known. Any name but the new one counts as it: to repeat
        the update is what the caller would do next, and ends in what the caller asked for.
        """
        if not caller.may_read:
            raise FateUnknownError(unclear) from unclear
        try:
            groups = await self.by_ids(caller, [contact_group_id], Repeat.READ_BACK)
        except UpstreamError as unread:
            # the problem to show is that of the update, not that of the reading
            raise FateUnknownError(unclear) from unread
        if contact_group_id not in groups:
            raise FateUnknownError(unclear) from unclear
        if groups[contact_group_id].name == name:
            return
        try:
            await self._update(caller, contact_group_id, name, Repeat.RESEND)
        except UpstreamError as failure:
            raise FateUnknownError(unclear, failure) from failure

    async def _send(
        self, caller: Caller, method: str, target: str, content: bytes, repeat: Repeat | None
    ) -> httpx.Response:
        headers = [
            (b"Authorization", b"Bearer " + caller.token.encode("ascii")),
            (b"Customer-Id", b"%d" % caller.customer),
            (b"Accept", b"application/json, application/problem+json"),
            (b"traceparent", caller.traceparent.encode("ascii")),
            (b"X-Request-Id", caller.request_id.encode("ascii")),
        ]
        if content:
            headers.append((b"Content-Type", b"application/json"))
        return await self._transport.handle_async_request(
            # a URL that is parsed already and a body that is bytes already: to let httpx parse and
            # encode them for each request takes longer than all the rest of a request's making
            httpx.Request(
                method,
                self._url,
                headers=headers,
                stream=httpx.ByteStream(content),
                extensions={
                    "target": target.encode("ascii"),
                    "deadline": caller.deadline,
                    "customer": caller.customer,
                    "repeat": repeat,
                    "record": caller.record,
                },
            )
        )
