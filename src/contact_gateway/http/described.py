"""What a subgraph is, told to a gateway that asks before there is any caller.

Gateways that compose a supergraph ask its subgraphs `{ _service { sdl } }`, and most have no token
then. Where INTROSPECTION lets all callers read the schema, it is no secret.
"""

import re
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from contact_gateway.context import RequestContext
from contact_gateway.forms.header_fields import fields_by_name
from contact_gateway.http import replies
from contact_gateway.http.body import BodyTooLargeError, ClientGoneError, read_body
from contact_gateway.http.correlation import request_id_of
from contact_gateway.http.endpoint import GraphQLEndpoint
from contact_gateway.http.graphql_request import (
    GraphQLRequest,
    NotJSONError,
    NotWellFormedError,
    read_request,
)
from contact_gateway.http.negotiation import negotiate, require_json
from contact_gateway.http.observed import RECORD
from contact_gateway.http.replies import HTTPRefusalError, Reply
from contact_gateway.identity import Principal
from contact_gateway.observation import RequestRecord
from contact_gateway.operations import Operation, Refusal, UnseenTooOftenError
from contact_gateway.settings import Settings

__all__ = ["described_to_gateways"]

_LONGEST_BODY: Final = 2_048  # bytes; the longest that a gateway is known to send has 200

_COMMENT: Final = re.compile(r"#[^\n\r]*")
_TOKEN: Final = re.compile(r"[{}]|[^ \t\n\r,\ufeff{}]+")  # GraphQL specification 2.1.7
_DESCRIPTION: Final = re.compile(
    r"(?:query (?:(?P<name>[_A-Za-z]\w*) )?)?"
    r"(?P<fields>\{ (?:__typename )?_service \{ (?:__typename )?sdl (?:__typename )?\} "
    r"(?:__typename )?\})",
    re.ASCII,
)

_NOBODY: Final = Principal("", frozenset(), frozenset(), "")


def described_to_gateways(endpoint: GraphQLEndpoint, settings: Settings) -> ASGIApp:
    """The endpoint, which also answers that one question without a token where it may."""
    if settings.federation and settings.introspection:
        return _DescribedToAnyone(endpoint)
    return endpoint


@dataclass(frozen=True, slots=True)
class _DescribedToAnyone:
    """Whatever else comes without a token is the endpoint's to refuse, as everywhere."""

    endpoint: GraphQLEndpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        asked = scope["method"] == "POST" and not _has_authorization(scope)
        reply = await self._described(scope, receive) if asked else None
        if reply is None:
            await self.endpoint(scope, receive, send)
            return
        record: RequestRecord = scope[RECORD]
        record.status = int(reply.status)
        await reply.send(send, record)

    async def _described(self, scope: Scope, receive: Receive) -> Reply | None:
        """The reply, if that is what is asked for."""
        headers = fields_by_name(scope["headers"])
        record: RequestRecord = scope[RECORD]
        record.request_id = request_id_of(headers[b"x-request-id"])
        try:
            media_type = negotiate(headers[b"accept"])
            require_json(headers[b"content-type"], headers[b"content-encoding"])
            body = await read_body(receive, headers[b"content-length"], _LONGEST_BODY)
            operation = self._operation(read_request(body))
        except _NOT_ASKED:
            return None
        if operation is None:
            return None
        record.operation_name = operation.name
        context = RequestContext(record.request_id, _NOBODY, None, record, None)
        result = await self.endpoint.runner.run(operation, {}, context)
        assert not isinstance(result, Refusal)  # noqa: S101 - without variables none can be wrong
        return replies.executed(result, media_type, record.request_id)

    def _operation(self, request: GraphQLRequest) -> Operation | None:
        """The operation that asks for the description, if this request does nothing else.

        It is read without the name that it was given, so that there are few of them to remember.
        """
        words = " ".join(_TOKEN.findall(_COMMENT.sub("", request.query or "")))
        asked = _DESCRIPTION.fullmatch(words)
        if (
            asked is None
            or request.variables
            or request.operation_name not in {None, asked["name"]}
        ):
            return None
        document = self.endpoint.operations.by_text(asked["fields"])
        return None if isinstance(document, Refusal) else document.operations[None]


_NOT_ASKED: Final = (
    BodyTooLargeError,
    ClientGoneError,  # whoever writes to nobody is not heard
    HTTPRefusalError,
    NotJSONError,
    NotWellFormedError,
    UnseenTooOftenError,
)


def _has_authorization(scope: Scope) -> bool:
    return any(name == b"authorization" for name, _ in scope["headers"])
