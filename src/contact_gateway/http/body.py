"""Reading a GraphQL-over-HTTP request: bytes with a limit, strict JSON, a well-formed request."""

from dataclasses import dataclass
from typing import Any

from starlette.types import Receive

from contact_gateway import strict_json

__all__ = [
    "BodyTooLargeError",
    "ClientGoneError",
    "GraphQLRequest",
    "NotJSONError",
    "NotWellFormedError",
    "read_body",
    "read_request",
]


class ClientGoneError(Exception):
    """The client closed the connection before its request was complete."""


class BodyTooLargeError(Exception):
    """The body is longer than MAX_BODY_BYTES."""


class NotJSONError(Exception):
    """The body is not JSON in UTF-8. The message says what was expected."""


class NotWellFormedError(Exception):
    """The JSON is not a GraphQL-over-HTTP request. The message says what was expected."""


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """The parameters of a GraphQL-over-HTTP request ("Request Parameters")."""

    query: str
    operation_name: str | None
    variables: dict[str, Any]


async def read_body(receive: Receive, largest: int) -> bytes:
    """Read a whole body of at most `largest` bytes.

    Raises:
        BodyTooLargeError: there is more; it is not read.
        ClientGoneError: there is less than was announced.
    """
    message = await receive()
    if not message.get("more_body", False) and message["type"] == "http.request":
        body: bytes = message.get("body", b"")
        if len(body) > largest:
            raise BodyTooLargeError
        return body
    collected = bytearray()
    while True:
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        collected += message.get("body", b"")
        if len(collected) > largest:
            raise BodyTooLargeError
        if not message.get("more_body", False):
            return bytes(collected)
        message = await receive()


def read_request(body: bytes) -> GraphQLRequest:
    """Read the JSON encoding of a request ("JSON Encoding").

    Raises:
        NotJSONError: the body is not one JSON value in UTF-8 without duplicate keys.
        NotWellFormedError: it is not an object of the parameters of a request.
    """
    try:
        # it keeps lone surrogates, which must come back as a typed error, not as a syntax error
        document = strict_json.decode(body)
    except ValueError as error:
        raise NotJSONError("Expected one JSON object in UTF-8, without duplicate keys.") from error
    if not isinstance(document, dict):
        raise NotWellFormedError("Expected a JSON object.")
    query = document.get("query")
    if not isinstance(query, str) or not query:
        raise NotWellFormedError("Expected `query` to be a string that is not empty.")
    operation_name = document.get("operationName")
    if operation_name is not None and not isinstance(operation_name, str):
        raise NotWellFormedError("Expected `operationName` to be a string or null.")
    for name in ("variables", "extensions"):
        if not isinstance(document.get(name), dict | None):
            raise NotWellFormedError(f"Expected `{name}` to be an object or null.")
    return GraphQLRequest(query, operation_name, document.get("variables") or {})
