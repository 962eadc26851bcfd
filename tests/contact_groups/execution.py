"""The mutation on the real schema and client, with the upstream's transport in a test's hands."""

import asyncio
import time
from collections.abc import Callable
from inspect import isawaitable
from typing import Any

import httpx
from graphql import ExecutionResult, execute, parse

from contact_gateway.contact_groups import ContactGroupsAPI, ContactGroupsOfRequest, build_schema
from contact_gateway.context import RequestContext
from contact_gateway.identity import Principal
from contact_gateway.observation import RequestRecord
from contact_gateway.rest_client import AnswerReader, Caller
from contact_gateway.rest_client.sending import Sender
from tests.client import RENAME

__all__ = ["ANYBODY", "Answer", "context_of", "rename"]

Answer = Callable[[httpx.Request], httpx.Response]

ANYBODY = Principal("subject", frozenset({"contacts:read", "contacts:write"}), None, "token")
_SCHEMA = build_schema()
_DOCUMENT = parse(RENAME)


class _Transport(httpx.AsyncBaseTransport):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._answer(request)


def rename(answer: Answer, principal: Principal = ANYBODY) -> dict[str, Any]:
    """Rename group 1 to "New" where the upstream answers so, or raises; the member, whole.

    The reply must have no errors: a member is all that the mutation ever gives.
    """
    data, errors = asyncio.run(_execute(answer, principal))
    assert errors is None
    assert data is not None
    member: dict[str, Any] = data["updateContactGroup"]
    return member


def context_of(
    answer: Answer, principal: Principal = ANYBODY
) -> RequestContext[ContactGroupsOfRequest]:
    """The context of a request for customer 5690, ten seconds before its deadline."""
    record = RequestRecord()
    deadline = time.monotonic() + 10
    caller = Caller("token", 5690, "the-request", "00-1-1-00", deadline, record)
    api = ContactGroupsAPI(
        Sender(_Transport(answer), "http://upstream", 10), AnswerReader(exposed=False)
    )
    return RequestContext(
        request_id="the-request",
        principal=principal,
        caller=caller,
        record=record,
        resources=ContactGroupsOfRequest(api, principal, caller),
    )


async def _execute(answer: Answer, principal: Principal) -> ExecutionResult:
    variables = {"id": "1", "input": {"name": "New"}}
    result = execute(
        _SCHEMA,
        _DOCUMENT,
        context_value=context_of(answer, principal),
        variable_values=variables,
    )
    result = await result if isawaitable(result) else result
    assert isinstance(result, ExecutionResult)
    return result
