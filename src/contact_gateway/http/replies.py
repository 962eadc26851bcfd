"""Replies in the form of a GraphQL response, and the refusals of HTTP itself."""

import json
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Any, NamedTuple

import orjson
from graphql import ExecutionResult
from starlette.types import Send

from contact_gateway.failures import INTERNAL_SERVER_ERROR, format_error
from contact_gateway.observation import RequestRecord
from contact_gateway.operations import Refusal

__all__ = [
    "GRAPHQL_RESPONSE",
    "JSON",
    "HTTPErrorCode",
    "HTTPRefusalError",
    "Reply",
    "executed",
    "internal_error",
    "not_executed",
    "permitted",
    "refused",
]

GRAPHQL_RESPONSE = b"application/graphql-response+json"
JSON = b"application/json"

PARTIAL_SUCCESS = 294  # GraphQL over HTTP, "Partial success"


class HTTPErrorCode(StrEnum):
    """`extensions.code` of a request that did not get as far as its document."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    AUTHENTICATION_UNAVAILABLE = "AUTHENTICATION_UNAVAILABLE"
    BAD_CUSTOMER_ID = "BAD_CUSTOMER_ID"
    BAD_REQUEST = "BAD_REQUEST"
    HEADER_FIELDS_TOO_LARGE = "HEADER_FIELDS_TOO_LARGE"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    RATE_LIMITED = "RATE_LIMITED"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"


class HTTPRefusalError(Exception):
    """A request refused before its document was looked at; `message` says what was expected.

    `retry_after` is in seconds. `batch` is how many requests were in the one that is refused, if
    it is refused because there were several.
    """

    def __init__(
        self,
        status: HTTPStatus,
        code: HTTPErrorCode,
        message: str,
        headers: Mapping[bytes, bytes] | None = None,
        *,
        retry_after: int | None = None,
        batch: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        self.retry_after = retry_after
        self.batch = batch


class Reply(NamedTuple):
    """A whole HTTP response; `code` says why nothing was executed, if nothing was."""

    status: int
    media_type: bytes
    body: bytes
    headers: Mapping[bytes, bytes]
    code: str | None = None

    async def send(self, send: Send, record: RequestRecord) -> None:
        """Send it, with the headers that every reply has.

        Errors are data and the status is 200: `GraphQL-Result-Types` tells monitors, and the
        network tab of a browser, what each field came to.
        """
        headers = [
            (b"content-type", self.media_type + b"; charset=utf-8"),
            (b"content-length", str(len(self.body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            (b"x-request-id", record.request_id.encode()),
            *self.headers.items(),
        ]
        if not self.body:
            del headers[:2]  # there is no content to describe (RFC 9110 section 8.6)
        if record.results:
            headers.append((b"graphql-result-types", record.result_types().encode("ascii")))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def executed(result: ExecutionResult, media_type: bytes, request_id: str) -> Reply:
    """The reply to an operation that was executed: 200, or 294 where it has errors too."""
    if not result.errors:
        return Reply(HTTPStatus.OK, media_type, _encode({"data": result.data}), {})
    errors = [format_error(error, request_id) for error in result.errors]
    status = PARTIAL_SUCCESS if media_type == GRAPHQL_RESPONSE else HTTPStatus.OK
    return Reply(status, media_type, _encode({"errors": errors, "data": result.data}), {})


def not_executed(refusal: Refusal, request_id: str) -> Reply:
    """The reply to a document that was refused: request errors and no `data`."""
    errors = [
        {
            "message": error.message,
            **({"locations": [at.formatted for at in error.locations]} if error.locations else {}),
            "extensions": {"code": error.code, "requestId": request_id},
        }
        for error in refusal.errors
    ]
    return Reply(
        refusal.status, GRAPHQL_RESPONSE, _encode({"errors": errors}), {}, refusal.errors[0].code
    )


def permitted(methods: bytes) -> Reply:
    """The reply to OPTIONS: which methods there are, and nothing else (RFC 9110 section 9.3.7)."""
    return Reply(HTTPStatus.NO_CONTENT, b"", b"", {b"allow": methods})


def refused(refusal: HTTPRefusalError, request_id: str) -> Reply:
    """The reply to a request that HTTP itself refuses.

    That of an unauthenticated caller is constant; its request id is in the header alone. When to
    come again is in a header and in the body, because not every client shows its user a header. A
    client that sends a batch looks for one response in the place of each request.
    """
    extensions: dict[str, object] = {"code": refusal.code, "requestId": request_id}
    headers = refusal.headers
    if refusal.status is HTTPStatus.UNAUTHORIZED:
        del extensions["requestId"]
    if refusal.retry_after is not None:
        extensions["retryAfterSeconds"] = refusal.retry_after
        headers = {**headers, b"retry-after": b"%d" % refusal.retry_after}
    response = {"errors": [{"message": refusal.message, "extensions": extensions}]}
    body = _encode(response if refusal.batch is None else [response] * refusal.batch)
    return Reply(refusal.status, GRAPHQL_RESPONSE, body, headers, refusal.code)


def internal_error(request_id: str) -> Reply:
    """The reply where the gateway itself has a bug: one constant sentence."""
    extensions = {"code": INTERNAL_SERVER_ERROR, "requestId": request_id}
    message = "Something went wrong on our side."
    body = _encode({"errors": [{"message": message, "extensions": extensions}]})
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return Reply(status, GRAPHQL_RESPONSE, body, {}, INTERNAL_SERVER_ERROR)


def _encode(response: dict[str, Any] | list[dict[str, Any]]) -> bytes:
    try:
        return orjson.dumps(response)
    except TypeError:
        # a message that quotes a lone surrogate of the request, which UTF-8 cannot carry
        return json.dumps(response).encode("ascii")
