"""Reading a GraphQL-over-HTTP request: bytes with a limit, strict JSON, a well-formed request."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from starlette.types import Receive

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
    # the standard library's decoder, because it can refuse duplicate keys and keeps lone
    # surrogates, which must come back as a typed error and not as a syntax error
    try:
        document = _DECODER.decode(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
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


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate keys")
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
