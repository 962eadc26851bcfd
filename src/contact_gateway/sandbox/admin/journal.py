"""The received requests as the administration shows them: without credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson
from pydantic import JsonValue

from contact_gateway.sandbox.admin.messages import JournalEntry, JournalFilter
from contact_gateway.sandbox.received import CREDENTIALS

if TYPE_CHECKING:
    from contact_gateway.sandbox.received import ReceivedRequest

__all__ = ["entry_of", "selects"]

_LEFT_OUT: Final = "(left out)"


def selects(wanted: JournalFilter, request: ReceivedRequest) -> bool:
    """Whether a request is one of those that are wanted."""
    customer = None if wanted.customer is None else (str(wanted.customer),)
    return (
        customer in {None, request.header("customer-id")}
        and wanted.path in {None, request.path}
        and (wanted.request_id is None or request.header("x-request-id") == (wanted.request_id,))
    )


def entry_of(request: ReceivedRequest) -> JournalEntry:
    """What is shown of a request."""
    headers: dict[str, str] = {}
    for name, value in request.headers:
        shown = _LEFT_OUT if name in CREDENTIALS else value
        headers[name] = f"{headers[name]}, {shown}" if name in headers else shown
    return JournalEntry(
        method=request.method,
        path=request.path,
        query=request.query,
        headers=headers,
        customer=headers.get("customer-id"),
        request_id=headers.get("x-request-id"),
        body=request.body.decode(errors="replace"),
        json_body=_json(request.body),
        status=request.status,
    )


def _json(body: bytes) -> JsonValue:
    try:
        document: JsonValue = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return document
