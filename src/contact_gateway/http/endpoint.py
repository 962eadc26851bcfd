"""`/graphql`: GraphQL over HTTP, from the headers of a request to its reply."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Protocol

import structlog
from graphql import OperationType
from starlette.types import Receive, Scope, Send

from contact_gateway.context import RequestContext
from contact_gateway.forms.header_fields import Fields, fields_by_name
from contact_gateway.http import replies
from contact_gateway.http.authentication import Verifier, authenticate
from contact_gateway.http.body import BodyTooLargeError, ClientGoneError, read_body
from contact_gateway.http.correlation import request_id_of, traceparent_of
from contact_gateway.http.cross_origin import RefusedOrigins
from contact_gateway.http.graphql_request import (
    BatchError,
    GraphQLRequest,
    NotJSONError,
    NotURLEncodedError,
    NotWellFormedError,
    URLTooLongError,
    read_request,
    read_url,
)
from contact_gateway.http.negotiation import negotiate, require_json
from contact_gateway.http.observed import RECORD
from contact_gateway.http.preferences import wait_seconds
from contact_gateway.http.replies import HTTPErrorCode, HTTPRefusalError, Reply
from contact_gateway.identity import BadCustomerIdError, Principal, choose_customer
from contact_gateway.observation import RequestRecord, Traces
from contact_gateway.operations import (
    OperationRunner,
    OperationStore,
    Refusal,
    UnseenTooOftenError,
    ValidDocument,
)
from contact_gateway.rest_client import Caller

__all__ = ["GraphQLEndpoint"]

_LONGEST_NAME = 100  # of an operation, in logs and spans

# HEAD is GET whose content is left out by the server (RFC 9110 section 9.3.2)
_BY_URL: Final = frozenset({"GET", "HEAD"})
_ALLOWED: Final = b"GET, HEAD, OPTIONS, POST"

_log = structlog.get_logger(__name__)


class CallCounter(Protocol):
    """Whoever limits how often a caller may call for one customer."""

    async def seconds_to_wait(self, caller: str, customer: str) -> int | None:
        """Count one request: None if it may pass, else after how many seconds to try again."""


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """The GraphQL endpoint as an ASGI application.

    `resources` makes what resolvers find in the context of a request; `deadline` is in seconds from
    its arrival, of a clock that runs `faster` so many times than the callers'.
    """

    operations: OperationStore
    runner: OperationRunner
    verifier: Verifier
    resources: Callable[[Principal, Caller | None], object]
    rate_limiter: CallCounter | None
    traces: Traces | None
    deadline: float
    max_body_bytes: int
    # of preflights that come as far as this: where an origin is named, CrossOrigin answers all
    refused_origins: RefusedOrigins = field(default_factory=lambda: RefusedOrigins(()))
    faster: float = 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever happens, the answer is a GraphQL response."""
        headers = fields_by_name(scope["headers"])
        record: RequestRecord = scope[RECORD]
        record.request_id = request_id_of(headers[b"x-request-id"])
        try:
            reply = await self._answer(scope, headers, receive, record)
        except HTTPRefusalError as refusal:
            reply = replies.refused(refusal, record.request_id)
        except ClientGoneError:
            return
        except Exception:  # noqa: BLE001 - the last resort: a bug is answered too, and logged
            _log.exception("bug", request_id=record.request_id)
            reply = replies.internal_error(record.request_id)
        record.code = reply.code
        record.status = int(reply.status)  # an HTTPStatus would be shown by its name
        await reply.send(send, record)

    async def _answer(
        self, scope: Scope, headers: Fields, receive: Receive, record: RequestRecord
    ) -> Reply:
        by_post = scope["method"] == "POST"
        if not by_post and scope["method"] not in _BY_URL:
            if scope["method"] == "OPTIONS":
                return self._permitted(headers)
            raise _method_not_allowed("Expected GET or POST.", _ALLOWED)
        context = await self._context(headers, record)
        media_type = negotiate(headers[b"accept"])
        if by_post:
            require_json(headers[b"content-type"], headers[b"content-encoding"])
            request = await self._request_in_body(headers, receive)
        else:
            request = self._request_in_url(scope["query_string"])
        document = self._document(request)
        if isinstance(document, Refusal):
            return replies.not_executed(document, record.request_id)
        operation = self.runner.select(document, request.operation_name)
        if isinstance(operation, Refusal):
            return replies.not_executed(operation, record.request_id)
        if not by_post and operation.kind is not OperationType.QUERY:
            raise _method_not_allowed(_BY_POST_ONLY, b"POST")
        record.operation_name = operation.name and operation.name[:_LONGEST_NAME]
        running = self.runner.run(operation, request.variables, context)
        if self.traces is None:
            result = await running
        else:
            with self.traces.operation(operation.kind.value, record.operation_name):
                result = await running
        if isinstance(result, Refusal):
            return replies.not_executed(result, record.request_id)
        return replies.executed(result, media_type, record.request_id)

    def _permitted(self, headers: Fields) -> Reply:
        if headers[b"access-control-request-method"]:
            self.refused_origins.note(b",".join(headers[b"origin"]).decode("latin-1"))
        return replies.permitted(_ALLOWED)

    def _document(self, request: GraphQLRequest) -> ValidDocument | Refusal:
        if request.document_id is not None:
            return self.operations.by_id(request.document_id)
        try:
            return self.operations.by_text(request.query or "")
        except UnseenTooOftenError as error:
            raise _too_often("documents never seen before", error.seconds) from None

    async def _request_in_body(self, headers: Fields, receive: Receive) -> GraphQLRequest:
        try:
            body = await read_body(receive, headers[b"content-length"], self.max_body_bytes)
            return read_request(body)
        except BodyTooLargeError:
            # without `Connection: close`: who is still sending would never see the reply
            raise HTTPRefusalError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                HTTPErrorCode.PAYLOAD_TOO_LARGE,
                f"Expected at most {self.max_body_bytes} bytes.",
            ) from None
        except BatchError as error:
            raise HTTPRefusalError(
                HTTPStatus.BAD_REQUEST, HTTPErrorCode.BAD_REQUEST, str(error), batch=error.length
            ) from error
        except NotJSONError as error:
            raise _bad_request(HTTPStatus.BAD_REQUEST, error) from error
        except NotWellFormedError as error:
            raise _bad_request(HTTPStatus.UNPROCESSABLE_ENTITY, error) from error

    def _request_in_url(self, query: bytes) -> GraphQLRequest:
        try:
            return read_url(query, self.max_body_bytes)
        except URLTooLongError:
            raise HTTPRefusalError(
                HTTPStatus.REQUEST_URI_TOO_LONG,
                HTTPErrorCode.PAYLOAD_TOO_LARGE,
                f"Expected at most {self.max_body_bytes} bytes in the query of the URL.",
            ) from None
        except (NotURLEncodedError, NotJSONError) as error:
            raise _bad_request(HTTPStatus.BAD_REQUEST, error) from error
        except NotWellFormedError as error:
            raise _bad_request(HTTPStatus.UNPROCESSABLE_ENTITY, error) from error

    async def _context(self, headers: Fields, record: RequestRecord) -> RequestContext[Any]:
        """Who calls, and for which customer: all that is decided before the body is read."""
        wait = wait_seconds(headers[b"prefer"])  # may shorten the deadline, never lengthen it
        seconds = self.deadline if wait is None else min(wait / self.faster, self.deadline)
        deadline = time.monotonic() + seconds
        principal = await authenticate(headers[b"authorization"], self.verifier, record.request_id)
        try:
            customer = choose_customer(principal, headers[b"customer-id"])
        except BadCustomerIdError:
            raise HTTPRefusalError(
                HTTPStatus.BAD_REQUEST,
                HTTPErrorCode.BAD_CUSTOMER_ID,
                "Expected one `Customer-Id` header: a whole number from 1 to 9223372036854775807.",
            ) from None
        record.caller, record.customer = principal.pseudonym, customer
        if self.rate_limiter is not None:
            await require_rate(self.rate_limiter, record)
        caller = None
        if customer is not None:
            caller = Caller(
                token=principal.token,
                customer=customer,
                request_id=record.request_id,
                traceparent=traceparent_of(headers[b"traceparent"]),
                deadline=deadline,
                record=record,
            )
        resources = self.resources(principal, caller)
        return RequestContext(record.request_id, principal, caller, record, resources)


async def require_rate(limiter: CallCounter, record: RequestRecord) -> None:
    """Refuse with 429 a caller who asks too often for one customer."""
    seconds = await limiter.seconds_to_wait(record.caller or "", str(record.customer))
    if seconds is not None:
        raise _too_often("requests", seconds)


def _too_often(what: str, seconds: int) -> HTTPRefusalError:
    return HTTPRefusalError(
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPErrorCode.RATE_LIMITED,
        f"Expected fewer {what}: see Retry-After for the seconds to wait.",
        retry_after=seconds,
    )


_BY_POST_ONLY: Final = (
    "Expected POST: by GET there are queries alone. Clients have a setting for that, such as "
    '`preferGetMethod: false` of urql and `method: "POST"` of graphql-request.'
)


def _method_not_allowed(message: str, allowed: bytes) -> HTTPRefusalError:
    """The refusal of a method, with the `Allow` that RFC 9110 section 15.5.6 asks for."""
    return HTTPRefusalError(
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPErrorCode.METHOD_NOT_ALLOWED,
        message,
        {b"allow": allowed},
    )


def _bad_request(status: HTTPStatus, error: Exception) -> HTTPRefusalError:
    """The refusal of what is not a request; the error says what was expected."""
    return HTTPRefusalError(status, HTTPErrorCode.BAD_REQUEST, str(error))
