"""The contact group operations of the REST API, one method each.

Paths, bodies, what may be done again, and how an update without a clear answer is settled.
"""

from collections.abc import Collection
from http import HTTPStatus
from typing import Final

import orjson

from contact_gateway.contact_groups.input_rules import UPDATE_FIELDS
from contact_gateway.contact_groups.listing import PATH, query_string, read_page
from contact_gateway.contact_groups.model import (
    Changes,
    ContactGroup,
    ContactGroupPage,
    ContactGroupQuery,
)
from contact_gateway.rest_client import (
    Answer,
    AnswerReader,
    Call,
    Caller,
    InputFields,
    Repeat,
    Sends,
    UpstreamError,
)
from contact_gateway.rest_client.answers import read_and_note
from contact_gateway.rest_client.problems import (
    FateUnknownError,
    NotAnsweredError,
    NotFoundError,
    Problem,
    UnavailableError,
    UnclearAnswerError,
    UnexpectedAnswerError,
)

__all__ = ["ContactGroupsAPI"]

_PROPERTIES: Final = {field.name: field.rest_property for field in UPDATE_FIELDS}
_FIELDS: Final = InputFields(
    {field.rest_property.lower(): field.path for field in UPDATE_FIELDS},
    models=frozenset({"contactgroup"}),
)


class ContactGroupsAPI:
    """The upstream's contact groups; every method raises `UpstreamError` when it fails."""

    def __init__(self, client: Sends, answers: AnswerReader) -> None:
        self._client = client
        self._answers = answers
        self._is_there = False  # whether anything but 404 has ever come from its address

    async def update(
        self, caller: Caller, contact_group_id: int, changes: Changes, *, may_read: bool
    ) -> bool:
        """Update the details of one group ("Update a contact group").

        True once it is made, False where it is only accepted (202). `may_read` is False for a
        caller of whom it is known that the upstream would refuse it to read.

        Raises:
            FateUnknownError: the first attempt got no clear answer, and reading the group back
                did not help.
        """
        try:
            return await self._update(caller, contact_group_id, changes)
        except NotFoundError as missing:
            if not self._is_there:
                await self._require_an_api(caller, missing)
            raise
        except (NotAnsweredError, UnavailableError, UnclearAnswerError) as unclear:
            if not may_read:
                raise FateUnknownError(unclear) from unclear
            return await self._settle(caller, contact_group_id, changes, unclear)

    async def list(
        self, caller: Caller, query: ContactGroupQuery, repeat: Repeat | None = None
    ) -> ContactGroupPage:
        """List one page of the customer's contact groups ("Get a list of contact groups")."""
        if query.ids == ():  # the API refuses an empty filter, and the answer is known
            return ContactGroupPage((), query.page_number, query.page_size)
        target = f"{PATH}?{query_string(query)}"
        answer = await self._send(Call.of(caller, "GET", target, repeat=repeat))
        if answer.status != HTTPStatus.OK:
            raise self._answers.failure(answer, caller.record)
        try:
            return read_page(answer, query)
        except UpstreamError:
            read_and_note(answer, caller.record)
            raise

    async def by_ids(
        self, caller: Caller, ids: Collection[int], repeat: Repeat | None = None
    ) -> dict[int, ContactGroup]:
        """Read several groups in one call; an id without a group is left out of the answer.

        Raises:
            UnexpectedAnswerError: one of them cannot be read, so none is known to be missing.
        """
        query = ContactGroupQuery(ids=tuple(ids), page_size=len(ids))
        page = await self.list(caller, query, repeat)
        found = {group.id: group for group in page.items if group.id in ids}
        if page.malformed and len(found) < len(ids):
            raise UnexpectedAnswerError(Problem(HTTPStatus.OK))
        return found

    async def _update(
        self, caller: Caller, contact_group_id: int, changes: Changes, repeat: Repeat | None = None
    ) -> bool:
        # a copy, because what orjson returns takes up 4 KiB for as long as the call lasts
        body = {_PROPERTIES[name]: value for name, value in changes.items()}
        content = bytes(memoryview(orjson.dumps(body)))
        call = Call.of(caller, "PATCH", f"{PATH}/{contact_group_id}", content, repeat)
        answer = await self._send(call)
        return self._answers.is_made(
            answer, caller.record, resource_id=contact_group_id, fields=_FIELDS
        )

    async def _send(self, call: Call) -> Answer:
        answer = await self._client.send(call)
        if answer.status != HTTPStatus.NOT_FOUND:
            self._is_there = True
        return answer

    async def _require_an_api(self, caller: Caller, missing: NotFoundError) -> None:
        """Tell a group that is not there from an API that is not there.

        Many servers answer 404 for a wrong address as for a wrong id, but not for the list of all
        groups, whatever this caller may read.

        Raises:
            UnexpectedAnswerError: the list is not there either.
        """
        query = query_string(ContactGroupQuery(page_size=1))
        try:
            answer = await self._send(Call.of(caller, "GET", f"{PATH}?{query}"))
        except UpstreamError:
            return  # it says nothing, so what was said of the group counts
        if answer.status == HTTPStatus.NOT_FOUND:
            raise UnexpectedAnswerError(missing.problem) from missing

    async def _settle(
        self, caller: Caller, contact_group_id: int, changes: Changes, unclear: UpstreamError
    ) -> bool:
        """Find out what became of an update without a clear answer, and repeat it once.

        Nothing here may tell that the update was not made, whatever is answered: a write that is
        late may land at any time. So every failure is a FateUnknownError.

        The group before the update is not known. Any state but the new one counts as it: to repeat
        the update is what the caller would do next, and ends in what the caller asked for.
        """
        try:
            groups = await self.by_ids(caller, [contact_group_id], Repeat.READ_BACK)
        except UpstreamError as unread:
            # the problem to show is that of the update, not that of the reading
            raise FateUnknownError(unclear) from unread
        if contact_group_id not in groups:
            raise FateUnknownError(unclear) from unclear
        if groups[contact_group_id].has(changes):
            return True
        try:
            return await self._update(caller, contact_group_id, changes, Repeat.RESEND)
        except UpstreamError as failure:
            raise FateUnknownError(unclear, failure) from failure
