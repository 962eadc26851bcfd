"""The contact group operations of the REST API, one method each."""

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import urlencode

import httpx
import orjson

from contact_gateway.upstream.problems import (
    NotAnsweredError,
    Problem,
    UnexpectedAnswerError,
    read_failure,
)

__all__ = ["Caller", "ContactGroup", "ContactGroupPage", "ContactGroupQuery", "ContactGroups"]


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom a call is made, and all that goes upstream of the request that caused it.

    `deadline` is on the event loop's clock: no attempt outlives it.
    """

    token: str = field(repr=False)
    customer: int
    request_id: str
    traceparent: str
    deadline: float


@dataclass(frozen=True, slots=True)
class ContactGroup:
    """A contact group as the REST API lists it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ContactGroupQuery:
    """Which groups to list. `ids` is None for all of them, empty for none."""

    ids: tuple[int, ...] | None = None
    name_prefix: str = ""
    direction: Literal["ascending", "descending"] = "ascending"
    page_number: int = 1
    page_size: int = 50


@dataclass(frozen=True, slots=True)
class ContactGroupPage:
    """One page of contact groups, with the number and size that the API says it has."""

    items: tuple[ContactGroup, ...]
    page_number: int
    page_size: int


class ContactGroups:
    """The upstream's contact groups; every method raises `UpstreamError` when it fails.

    `now` tells the time as seconds since the epoch, for dates in `Retry-After`.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        base_url: str,
        *,
        attempt_timeout: float,
        expose_server_problems: bool,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._transport = transport
        self._url = f"{base_url}/v1/contactGroups"
        self._attempt_timeout = attempt_timeout
        self._expose_server_problems = expose_server_problems
        self._now = now

    async def update(self, caller: Caller, contact_group_id: int, name: str) -> None:
        """Update the details of one group ("Update a contact group"). Any 2xx is success."""
        response = await self._send(
            caller,
            "PATCH",
            f"{self._url}/{contact_group_id}",
            orjson.dumps({"name": name}),
        )
        if not response.is_success:
            raise read_failure(
                response,
                self._now(),
                expose_server_problems=self._expose_server_problems,
                contact_group_id=contact_group_id,
            )

    async def list(self, caller: Caller, query: ContactGroupQuery) -> ContactGroupPage:
        """List one page of the customer's contact groups ("Get a list of contact groups")."""
        if query.ids == ():  # the API refuses an empty filter, and the answer is known
            return ContactGroupPage((), query.page_number, query.page_size)
        parameters = [("id", str(group_id)) for group_id in query.ids or ()]
        if query.name_prefix:
            parameters.append(("name", query.name_prefix))
        parameters += [
            ("sortBy", "name"),
            ("direction", query.direction),
            ("pageNumber", str(query.page_number)),
            ("pageSize", str(query.page_size)),
        ]
        response = await self._send(caller, "GET", f"{self._url}?{urlencode(parameters)}", b"")
        if response.status_code != HTTPStatus.OK:
            raise read_failure(
                response, self._now(), expose_server_problems=self._expose_server_problems
            )
        return _read_page(response, query)

    async def by_ids(self, caller: Caller, ids: Collection[int]) -> dict[int, ContactGroup]:
        """Read several groups in one call; an id without a group is left out of the answer."""
        page = await self.list(caller, ContactGroupQuery(ids=tuple(ids), page_size=len(ids)))
        return {group.id: group for group in page.items if group.id in ids}

    async def _send(self, caller: Caller, method: str, url: str, content: bytes) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {caller.token}",
            "Customer-Id": str(caller.customer),
            "Accept": "application/json, application/problem+json",
            "Accept-Encoding": "identity",
            "traceparent": caller.traceparent,
            "X-Request-Id": caller.request_id,
        }
        if content:
            headers["Content-Type"] = "application/json"
        now = asyncio.get_running_loop().time()
        deadline = min(caller.deadline, now + self._attempt_timeout)
        return await self._transport.handle_async_request(
            httpx.Request(
                method, url, headers=headers, content=content, extensions={"deadline": deadline}
            )
        )


def _read_page(response: httpx.Response, query: ContactGroupQuery) -> ContactGroupPage:
    """Read a list reply.

    Raises:
        NotAnsweredError: the body did not come through.
        UnexpectedAnswerError: the body is not a list of contact groups.
    """
    if "incomplete" in response.extensions:
        raise NotAnsweredError(response.extensions["incomplete"])
    try:
        document = orjson.loads(response.content)
        return ContactGroupPage(
            items=tuple(_read_group(item) for item in document["items"]),
            page_number=_integer(document.get("pageNumber", query.page_number)),
            page_size=_integer(document.get("pageSize", query.page_size)),
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UnexpectedAnswerError(Problem(response.status_code)) from error


def _read_group(item: dict[str, Any]) -> ContactGroup:
    name = item["name"]
    if not isinstance(name, str):
        raise TypeError("a contact group's name is a string")
    return ContactGroup(_integer(item["id"]), name)


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("expected an integer")
    return value
